// Keeps a list at its newest line, unless the reader has scrolled up to read.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

const NEAR = 60;

/** Give the returned `ref` to the list; call `jump` when the next change must be shown in any case. */
export function useStickToEnd(change: unknown): { list: RefObject<HTMLDivElement | null>; jump: () => void } {
  const list = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);

  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const onScroll = () => {
      stuck.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, []);
  useLayoutEffect(() => {
    if (stuck.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [change]);

  const jump = () => {
    stuck.current = true;
  };
  return { list, jump };
}
