import { useEffect, useRef } from "react";

/** In milliseconds: a dialog that goes gives the focus back by then, or has taken it along. */
const SETTLED = 50;

/** Give the focus to the page's content if what had it is gone. */
export function keepFocus(): void {
  setTimeout(() => {
    if (document.activeElement === document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, SETTLED);
}

/** Keep the focus from getting lost whenever another thing is shown. */
export function useKeptFocus(shown: string): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current !== shown) keepFocus();
    before.current = shown;
  }, [shown]);
}
