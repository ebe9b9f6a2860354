import { useCallback, useEffect, useRef, useState } from "react";

/** In pixels: nearer to its end than this, a list is at its end. */
export const NEAR_END = 40;
/** Less than this is rounding, and nobody's wish to leave. */
const A_HAIR = 2;

/** In milliseconds from when a list has first been at its end. */
const SETTLED_AFTER = 500;

export interface StayingAtEnd {
  /** For the list: what scrolls. */
  hold: (element: HTMLElement | Window | null) => void;
  /** Go to the newest, and stay there; the focus goes along. */
  goToEnd: () => void;
}

/** Keeps the newest line in sight while lines come in, grow or are measured, until its reader scrolls away from it.
 *
 * The list draws only what is in sight, so its height is a guess until it is there; each correction moves the end.
 */
export function useStayAtEnd(): StayingAtEnd {
  const [held, hold] = useState<HTMLElement | Window | null>(null);
  const scroller = held instanceof HTMLElement ? held : null;
  const left = useRef(false);
  useEffect(() => (scroller ? follow(scroller, left) : undefined), [scroller]);
  const goToEnd = useCallback(() => {
    left.current = false;
    if (!scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    // What brought it here goes away at the end.
    scroller.focus({ preventScroll: true });
  }, [scroller]);
  return { hold, goToEnd };
}

function follow(scroller: HTMLElement, left: { current: boolean }): () => void {
  const listening = new AbortController();
  // While it is being drawn the list scrolls by itself. Later only its reader does, with help that sends no gesture too.
  let byReader = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let top = scroller.scrollTop;
  const stay = () => {
    if (!left.current) scroller.scrollTop = scroller.scrollHeight;
  };
  const see = () => {
    const upwards = scroller.scrollTop < top - A_HAIR;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    top = scroller.scrollTop;
    if (below < NEAR_END) settling ??= setTimeout(touch, SETTLED_AFTER);
    if (below < A_HAIR || (below < NEAR_END && !upwards)) left.current = false;
    else if (upwards && byReader) left.current = true;
    else stay();
  };
  const touch = () => {
    byReader = true;
  };
  const { signal } = listening;
  scroller.addEventListener("scroll", see, { signal, passive: true });
  for (const gesture of ["wheel", "pointerdown", "touchstart"])
    scroller.addEventListener(gesture, touch, { signal, passive: true });
  // Keys scroll wherever the focus is, as the browser's own search does.
  window.addEventListener("keydown", touch, { signal, capture: true });
  const sizes = new ResizeObserver(stay);
  sizes.observe(scroller);
  // The list has no other name for what holds its lines.
  const lines = scroller.querySelector("[data-testid=virtuoso-item-list]");
  if (lines) sizes.observe(lines, { box: "border-box" });
  return () => {
    listening.abort();
    clearTimeout(settling);
    sizes.disconnect();
  };
}
