import { useCallback, useEffect, useRef } from "react";
import { ask } from "../../api/call";

const TELL_EVERY = 3_000;
const STOPS_AFTER = 5_000;

/** Tell the visitor that somebody writes: `typing(true)` on each key, at most one word to the desk every three seconds. */
export function useTyping(sessionId: string): (typing: boolean) => void {
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback(
    (typing: boolean) => {
      clearTimeout(timer.current);
      if (typing) timer.current = setTimeout(() => tell(false), STOPS_AFTER);
      if (typing ? Date.now() - told.current < TELL_EVERY : told.current === 0) return;
      told.current = typing ? Date.now() : 0;
      // Nobody misses it where it does not arrive.
      ask
        .post("/api/v1/chats/{session_id}/typing", {
          path: { session_id: sessionId },
          body: { typing },
        })
        .catch(() => undefined);
    },
    [sessionId],
  );
  useEffect(() => () => tell(false), [tell]);
  return tell;
}
