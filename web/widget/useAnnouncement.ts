// What a screen reader is told: whole answers and what changed, never a half-written sentence or old lines.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../protocol/chatView";

const HISTORY_TAKES = 1_000;

interface Heard {
  /** The text of the lines that were finished last. */
  text: string;
}

/**
 * The lines of the first moment are known already, unless the chat has just begun; `onFresh` gets those that were
 * finished since.
 */
export function useAnnouncement(
  lines: Line[],
  live: boolean,
  justBegun: boolean,
  textOf: (line: Line) => string,
  onFresh: (lines: Line[]) => void,
): Heard {
  const told = useRef(new Set<string>());
  const settled = useRef(justBegun);
  const [text, setText] = useState("");

  useEffect(() => {
    if (!live) return;
    const timer = setTimeout(() => {
      settled.current = true;
    }, HISTORY_TAKES);
    return () => clearTimeout(timer);
  }, [live]);
  useEffect(() => {
    const fresh = lines.filter((line) => isWhole(line) && !told.current.has(line.id));
    for (const line of fresh) told.current.add(line.id);
    if (!settled.current || fresh.length === 0) return;
    setText(fresh.map(textOf).join(" "));
    onFresh(fresh);
  }, [lines, textOf]);
  return { text };
}

function isWhole(line: Line): boolean {
  // A rating is confirmed where it is given.
  if (line.kind === "notice" && line.notice.type === "rated") return false;
  return line.kind === "answer" ? line.state !== "writing" : line.kind !== "visitor";
}
