import { useCallback, useState } from "react";

/** A text that is being written, kept in this browser until it is dropped; null while there is none. */
export function useDraft<T>(name: string): {
  draft: T | null;
  write: (draft: T) => void;
  drop: () => void;
} {
  const key = `aichatdesk.draft.${name}`;
  const [draft, setDraft] = useState<T | null>(() => readKept<T>(key));
  const write = useCallback(
    (next: T) => {
      setDraft(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // The browser has no room left; the text is still on the screen.
      }
    },
    [key],
  );
  const drop = useCallback(() => {
    setDraft(null);
    localStorage.removeItem(key);
  }, [key]);
  return { draft, write, drop };
}

/** Something kept in this browser; null if there is nothing that can be read. */
export function readKept<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
