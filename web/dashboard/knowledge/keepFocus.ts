import { useEffect, useRef } from "react";

/** Give the focus to the page's content if what had it is gone. */
export function keepFocus(): void {
  if (document.activeElement !== document.body) return;
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Keep the focus from getting lost whenever another thing is shown. */
export function useKeptFocus(shown: string): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current !== shown) keepFocus();
    before.current = shown;
  }, [shown]);
}
