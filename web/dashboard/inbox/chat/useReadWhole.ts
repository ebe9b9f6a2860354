import { useEffect, useState } from "react";

const FAR = 1_000;
const GIVES_UP_AFTER = 4_000;

/** Whether all that was said when the chat was opened is there; drawing begins then, once and at the newest. */
export function useReadWhole(seq: number, wanted: number): { read: boolean; far: boolean; percent: number } {
  const [goal] = useState(wanted);
  const [read, setRead] = useState(seq >= goal);
  if (!read && seq >= goal) setRead(true);
  useEffect(() => {
    // A log that was set back never gets there; what there is shall be seen.
    const timer = setTimeout(() => setRead((before) => before || seq > 0), GIVES_UP_AFTER);
    return () => clearTimeout(timer);
  }, [seq]);
  return { read, far: goal > FAR, percent: goal ? Math.min(100, Math.floor((seq / goal) * 100)) : 100 };
}
