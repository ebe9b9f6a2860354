import { useCallback, useEffect, useRef, useState } from "react";
import { Backoff } from "../../../protocol/backoff";
import type { ChatRow } from "../../../protocol/deskSocket";
import { Refused } from "../../../protocol/refused";
import { ask, sentenceOf } from "../../api/call";
import { useSignedIn } from "../../api/session";
import { forget, keep, kept } from "../kept";

const PAUSE = 800;

/** What is written and not saved, and the notes that it began from. */
interface Unsaved {
  base: string;
  text: string;
}

export interface ChatNotes {
  text: string;
  saving: boolean;
  /** Why they could not be saved; they are kept here, and tried again where that may help. */
  error: string | null;
  /** What a colleague has saved while these were written; nothing is saved over it unseen. */
  theirs: string | null;
  write: (text: string) => void;
  saveNow: () => void;
  keepBoth: () => void;
  takeTheirs: () => void;
}

/** The notes about a chat, saved by themselves and kept in this browser until the desk has them. */
export function useNotes(row: ChatRow): ChatNotes {
  const key = `aichatdesk.notes.${useSignedIn().id}.${row.sessionId}`;
  const [unsaved, setUnsaved] = useState(() => kept<Unsaved | null>(key, null));
  const [error, setError] = useState<string | null>(null);
  const [going, setGoing] = useState<string | null>(null);
  const desk = useDeskNotes(row.agentNotes ?? "");
  const own = [unsaved?.base, unsaved?.text, going];
  const theirs = unsaved && !own.includes(desk.notes) ? desk.notes : null;
  const latest = useRef({ unsaved, theirs });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pauses = useRef(new Backoff(1_000));
  useEffect(() => {
    latest.current = { unsaved, theirs };
  });

  const hold = useCallback(
    (next: Unsaved | null) => {
      latest.current = { unsaved: next, theirs: null };
      setUnsaved(next);
      if (next) keep(key, next);
      else forget(key);
    },
    [key],
  );
  const { told } = desk;
  const save = useCallback(async () => {
    clearTimeout(timer.current);
    if (!latest.current.unsaved || latest.current.theirs !== null) return;
    const { text } = latest.current.unsaved;
    setGoing(text);
    try {
      const path = { session_id: row.sessionId };
      await ask.put("/api/chat/{session_id}/notes", { path, body: { notes: text } });
      told(text);
      pauses.current.reset();
      setError(null);
      const now = latest.current.unsaved;
      if (now) hold(now.text === text ? null : { base: text, text: now.text });
    } catch (refusal) {
      setError(sentenceOf(refusal));
      if (refusal instanceof Refused && !refusal.passing) return;
      timer.current = setTimeout(() => void save(), pauses.current.next());
    } finally {
      setGoing(null);
    }
  }, [row.sessionId, hold, told]);
  useEffect(() => {
    void save();
    const now = () => void save();
    window.addEventListener("online", now);
    return () => {
      window.removeEventListener("online", now);
      void save().finally(() => clearTimeout(timer.current));
    };
  }, [save]);

  const change = (next: Unsaved) => {
    hold(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), PAUSE);
  };
  return {
    text: unsaved?.text ?? desk.notes,
    saving: unsaved !== null && error === null,
    error,
    theirs,
    write: (text) => change({ base: unsaved?.base ?? desk.notes, text }),
    saveNow: () => void save(),
    keepBoth: () =>
      change({ base: desk.notes, text: [desk.notes, unsaved?.text].filter(Boolean).join("\n") }),
    takeTheirs: () => hold(null),
  };
}

/** The notes as the desk has them; what it was `told` from here counts before its list says so. */
function useDeskNotes(listed: string): { notes: string; told: (notes: string) => void } {
  const [{ before, own }, setKnown] = useState({ before: listed, own: [] as readonly string[] });
  if (listed !== before)
    // An echo of one's own words; anything else a colleague has written.
    setKnown({
      before: listed,
      own: own.slice(own.includes(listed) ? own.lastIndexOf(listed) + 1 : own.length),
    });
  const told = useCallback(
    (notes: string) =>
      setKnown((known) =>
        known.before === notes ? { ...known, own: [] } : { ...known, own: [...known.own, notes] },
      ),
    [],
  );
  return { notes: own.at(-1) ?? listed, told };
}
