import { useCallback, useSyncExternalStore } from "react";
import type { Attachment } from "../../../protocol/events";
import { forget, keep, keptText } from "../kept";

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

const listeners = new Set<() => void>();
/** What was read last under each key, and from which text. */
const read = new Map<string, { text: string | null; draft: Draft }>();

// Another tab writes in the same chat, or has sent what was written.
window.addEventListener("storage", tell);

/** Where the draft of one agent in one chat is kept. */
export function draftKey(agentId: string, sessionId: string): string {
  return `aichatdesk.draft.${agentId}.${sessionId}`;
}

export function draftOf(key: string): Draft {
  const text = keptText(key);
  const known = read.get(key);
  if (known && known.text === text) return known.draft;
  const draft = { ...EMPTY, ...parsed(text) };
  read.set(key, { text, draft });
  return draft;
}

/** Change what is kept, also of a chat that is not on screen. */
export function changeDraft(key: string, how: (draft: Draft) => Partial<Draft>): void {
  const before = draftOf(key);
  const next = { ...before, ...how(before) };
  if (next.reply || next.note || next.attachments.length > 0 || next.mode === "note") keep(key, next);
  else forget(key);
  read.set(key, { text: keptText(key), draft: next });
  tell();
}

/** What an agent has begun to write in one chat. */
export function useDraft(agentId: string, sessionId: string): DraftKeeper {
  const key = draftKey(agentId, sessionId);
  const draft = useSyncExternalStore(subscribe, () => draftOf(key));
  const change = useCallback((how: (draft: Draft) => Partial<Draft>) => changeDraft(key, how), [key]);
  return { draft, change };
}

function subscribe(hear: () => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

function tell(): void {
  for (const hear of listeners) hear();
}

function parsed(text: string | null): Partial<Draft> {
  try {
    return (JSON.parse(text ?? "{}") ?? {}) as Partial<Draft>;
  } catch {
    return {};
  }
}
