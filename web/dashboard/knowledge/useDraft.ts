import { useCallback, useState } from "react";
import { useSignedIn } from "../api/session";

/** A text that one account is writing, kept in this browser until it is dropped; null while there is none. */
export function useDraft<T>(name: string): {
  draft: T | null;
  /** False where the browser has no room for it: then it is on the screen alone. */
  kept: boolean;
  write: (draft: T) => void;
  drop: () => void;
} {
  const key = `aichatdesk.draft.${useSignedIn().id}.${name}`;
  const [draft, setDraft] = useState<T | null>(() => readKept<T>(key));
  const [kept, setKept] = useState(true);
  const write = useCallback(
    (next: T) => {
      setDraft(next);
      setKept(keep(key, next));
    },
    [key],
  );
  const drop = useCallback(() => {
    setDraft(null);
    setKept(keep(key, null));
  }, [key]);
  return { draft, kept, write, drop };
}

/** Keep something in this browser, or nothing any more; false if it has no room or lets nobody keep anything. */
export function keep(key: string, value: unknown): boolean {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Something kept in this browser; null if there is nothing that can be read. */
export function readKept<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
