import { useEffect, useRef } from "preact/hooks";
import { tellTyping } from "./api";
import type { Session } from "./session";

const AGAIN_AFTER = 3_000;
const SILENT_AFTER = 5_000;

/** Let the other side know that the visitor is writing; call with whether there is anything written. */
export function useTyping(chat: Session, wanted: boolean): (writes: boolean) => void {
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Nobody misses anything if this does not arrive.
  const tell = (typing: boolean) => void tellTyping(chat, typing).catch(() => undefined);
  const stop = () => {
    clearTimeout(timer.current);
    if (told.current) tell(false);
    told.current = 0;
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (writes) => {
    if (!wanted) return;
    if (!writes) return stop();
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, SILENT_AFTER);
    if (Date.now() - told.current < AGAIN_AFTER) return;
    told.current = Date.now();
    tell(true);
  };
}
