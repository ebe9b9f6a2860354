// Folds a chat's events into what a screen shows; feeding an event twice changes nothing.

import type { ChatEvent, Citation, Reason, Source } from "./events";
import { isLogged } from "./events";
import type { Delivery } from "./outbox";

export interface Sentence {
  text: string;
  citations: Citation[];
}

export type Line =
  | { kind: "visitor"; id: string; text: string; at: string; state: "sent" | Delivery }
  | { kind: "agent"; id: string; name: string; text: string; at: string }
  | { kind: "note"; id: string; name: string; text: string; at: string }
  | {
      kind: "answer";
      id: string;
      sentences: Sentence[];
      sources: Source[];
      state: "writing" | "complete" | "truncated" | "incomplete";
      confidence: number | null;
      needsHuman: boolean;
      at: string;
    }
  | { kind: "notice"; id: string; notice: Notice; at: string };

export type Notice =
  | { type: "handed_over"; reason: Reason }
  | { type: "agent_joined"; name: string }
  | { type: "returned_to_ai" }
  | { type: "ended" }
  | { type: "reopened" }
  | { type: "failed"; code: Reason };

export interface ChatView {
  seq: number;
  lines: Line[];
  withPerson: boolean;
  agentName: string | null;
  ended: boolean;
  queuePlace: number | null;
  /** An event is missing before the one last offered; fetch again from `seq`. */
  gap: boolean;
}

export const emptyView: ChatView = {
  seq: 0,
  lines: [],
  withPerson: false,
  agentName: null,
  ended: false,
  queuePlace: null,
  gap: false,
};

/** The view after one more event. */
export function advance(view: ChatView, event: ChatEvent): ChatView {
  if (!isLogged(event)) return passing(view, event);
  if (event.seq <= view.seq) return view;
  if (event.seq > view.seq + 1) return { ...view, gap: true };
  const next: ChatView = { ...view, seq: event.seq, gap: false };
  const notice = (what: Notice): Line[] => [
    ...view.lines,
    { kind: "notice", id: `n${event.seq}`, notice: what, at: event.at },
  ];
  switch (event.type) {
    case "message": {
      const { id, content, sender, senderName, sentAt, clientMessageId } = event.message;
      if (sender !== "user") {
        const name = senderName ?? "";
        return { ...next, lines: [...view.lines, { kind: "agent", id, name, text: content, at: sentAt }] };
      }
      const own = clientMessageId ?? id;
      const line: Line = { kind: "visitor", id: own, text: content, at: sentAt, state: "sent" };
      return { ...next, ended: false, lines: [...view.lines.filter((one) => one.id !== own), line] };
    }
    case "note": {
      const { id, content, senderName, sentAt } = event.message;
      const line: Line = { kind: "note", id, name: senderName ?? "", text: content, at: sentAt };
      return { ...next, lines: [...view.lines, line] };
    }
    case "sources": {
      const line: Line = {
        kind: "answer",
        id: event.messageId,
        sentences: [],
        sources: event.sources,
        state: "writing",
        confidence: null,
        needsHuman: false,
        at: event.at,
      };
      return { ...next, queuePlace: null, lines: [...view.lines, line] };
    }
    case "sentence":
      return onAnswer(next, event.messageId, (line) => ({
        ...line,
        sentences: [...line.sentences, { text: event.text, citations: event.citations }],
      }));
    case "finished":
      return onAnswer(next, event.messageId, (line) => ({
        ...line,
        state: event.state === "truncated" ? "truncated" : "complete",
        confidence: event.confidence,
        needsHuman: event.needsHuman,
      }));
    case "failed": {
      const closed = event.messageId
        ? onAnswer(next, event.messageId, (line) => ({ ...line, state: "incomplete" }))
        : next;
      const line: Line = {
        kind: "notice",
        id: `n${event.seq}`,
        notice: { type: "failed", code: event.code },
        at: event.at,
      };
      return { ...closed, queuePlace: null, lines: [...closed.lines, line] };
    }
    case "handed_over":
      return {
        ...next,
        withPerson: true,
        agentName: null,
        lines: notice({ type: "handed_over", reason: event.reason }),
      };
    case "agent_joined":
      return {
        ...next,
        withPerson: true,
        ended: false,
        agentName: event.agentName,
        lines: notice({ type: "agent_joined", name: event.agentName }),
      };
    case "returned_to_ai":
      return { ...next, withPerson: false, agentName: null, lines: notice({ type: "returned_to_ai" }) };
    case "ended":
      return { ...next, ended: true, lines: notice({ type: "ended" }) };
    case "reopened":
      return { ...next, ended: false, lines: notice({ type: "reopened" }) };
    case "assigned":
    case "labelled":
    case "flagged":
      return next;
    default:
      event satisfies never;
      return next; // a kind that a later server knows
  }
}

/** The view with a message that is on its way; one that the log already has stays as it is. */
export function withOutgoing(view: ChatView, id: string, text: string, state: Delivery): ChatView {
  const known = view.lines.find((line) => line.kind === "visitor" && line.id === id);
  if (known?.kind === "visitor") {
    if (known.state === "sent" || known.state === state) return view;
    return { ...view, lines: view.lines.map((line) => (line === known ? { ...known, state } : line)) };
  }
  const line: Line = { kind: "visitor", id, text, at: new Date().toISOString(), state };
  return { ...view, lines: [...view.lines, line] };
}

function passing(view: ChatView, event: Exclude<ChatEvent, { at: string }>): ChatView {
  switch (event.type) {
    case "queued":
      return { ...view, queuePlace: event.place };
    case "resync_required":
      return { ...view, gap: true };
    default:
      return view;
  }
}

function onAnswer(
  view: ChatView,
  id: string,
  change: (line: Extract<Line, { kind: "answer" }>) => Line,
): ChatView {
  return {
    ...view,
    lines: view.lines.map((line) => (line.kind === "answer" && line.id === id ? change(line) : line)),
  };
}
