// Keeps a list at its newest line, unless the reader has scrolled up to read.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

const NEAR = 60;

/** Give the returned `list` to it as its ref; call `jump` when the next change must be shown in any case. */
export function useStickToEnd(
  wanted: boolean,
  change: unknown,
): {
  list: RefObject<HTMLDivElement | null>;
  jump: () => void;
} {
  const list = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);

  useEffect(() => {
    // Where there is little height, the whole page scrolls and not the list; scroll events do not bubble.
    const onScroll = (event: Event) => {
      const moved = event.target === document ? document.scrollingElement : event.target;
      if (!(moved instanceof HTMLElement) || !moved.contains(list.current)) return;
      stuck.current = moved.scrollHeight - moved.scrollTop - moved.clientHeight < NEAR;
    };
    document.addEventListener("scroll", onScroll, { passive: true, capture: true });
    return () => document.removeEventListener("scroll", onScroll, { capture: true });
  }, []);
  const scroll = () => {
    if (!stuck.current || !wanted) return;
    for (const one of [list.current, document.scrollingElement]) one?.scrollTo({ top: one.scrollHeight });
  };
  const latest = useRef(scroll);
  latest.current = scroll;
  useLayoutEffect(scroll, [change, wanted]);
  useEffect(() => {
    // What stands below the list may grow, and so may what is in it without a new line.
    const resized = new ResizeObserver(() => latest.current());
    const changed = new MutationObserver(() => latest.current());
    if (list.current) {
      resized.observe(list.current);
      changed.observe(list.current, { childList: true, subtree: true });
    }
    return () => {
      resized.disconnect();
      changed.disconnect();
    };
  }, []);

  const jump = () => {
    stuck.current = true;
  };
  return { list, jump };
}
