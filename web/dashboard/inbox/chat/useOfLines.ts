// What a column needs to know of the lines it shows.

import { useEffect, useRef, useState } from "react";
import type { ChatView, Line } from "../../../protocol/chatView";
import { useSignedIn } from "../../api/session";
import { markSeen } from "../seen";
import type { Pair } from "./PushDialog";
import { type Pending, repliesOf, usePending } from "./replies";

/** Replies on their way, without those that the log has meanwhile. */
export function useUnconfirmed(sessionId: string, lines: readonly Line[]): readonly Pending[] {
  const me = useSignedIn();
  const pending = usePending(me.id, sessionId);
  const waits = pending.length > 0;
  useEffect(() => {
    if (!waits) return;
    const own = ownNames(lines);
    repliesOf(me.id).confirm(sessionId, (id) => own.has(id));
  }, [me.id, sessionId, lines, waits]);
  if (!waits) return pending;
  const own = ownNames(lines);
  return pending.filter((one) => !own.has(one.id));
}

function ownNames(lines: readonly Line[]): Set<string> {
  return new Set(lines.flatMap((line) => ("own" in line && line.own ? [line.own] : [])));
}

/** What is on screen in a window that is looked at has been read. */
export function useSeenWhileShown(sessionId: string, lines: readonly Line[]): void {
  const last = lines.at(-1)?.at;
  useEffect(() => {
    if (!last) return;
    const look = () => {
      if (document.visibilityState === "visible") markSeen(sessionId, last);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [sessionId, last]);
}

/** The same function at each drawing, so that lines which have not changed are not drawn again. */
export function useSteady<A>(does: ((given: A) => void) | null): (given: A) => void {
  const latest = useRef(does);
  useEffect(() => {
    latest.current = does;
  });
  const [steady] = useState(() => (given: A) => latest.current?.(given));
  return steady;
}

/** The answer with the question before it. */
export function pushOf(view: ChatView, open: (pair: Pair) => void): (line: Line) => void {
  return (line) => {
    if (line.kind !== "agent") return;
    const before = view.lines.slice(0, view.lines.indexOf(line));
    const asked = before.findLast((one) => one.kind === "visitor");
    open({ question: asked?.kind === "visitor" ? asked.text : "", answer: line.text });
  };
}
