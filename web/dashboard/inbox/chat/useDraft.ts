import { useCallback, useState } from "react";
import type { Attachment } from "../../../protocol/events";
import { forget, keep, kept } from "../kept";

export interface Draft {
  mode: "reply" | "note";
  reply: string;
  note: string;
  attachments: Attachment[];
}

const EMPTY: Draft = { mode: "reply", reply: "", note: "", attachments: [] };

export interface DraftKeeper {
  draft: Draft;
  /** Every change is kept at once; it survives reloads and signing out. */
  change: (how: (draft: Draft) => Partial<Draft>) => void;
}

/** What an agent has begun to write in one chat. */
export function useDraft(agentId: string, sessionId: string): DraftKeeper {
  const key = `aichatdesk.draft.${agentId}.${sessionId}`;
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY, ...kept<Partial<Draft>>(key, {}) }));
  const change = useCallback(
    (how: (draft: Draft) => Partial<Draft>) =>
      setDraft((before) => {
        const next = { ...before, ...how(before) };
        if (next.reply || next.note || next.attachments.length > 0 || next.mode === "note") keep(key, next);
        else forget(key);
        return next;
      }),
    [key],
  );
  return { draft, change };
}
