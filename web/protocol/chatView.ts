// Folds a chat's events into what a screen shows; feeding an event twice changes nothing.

import type { Attachment, ChatEvent, Citation, Reason, Source } from "./events";
import { isLogged } from "./events";
import type { Delivery } from "./outbox";

export interface Sentence {
  text: string;
  citations: Citation[];
}

export type Line =
  | {
      kind: "visitor";
      id: string;
      text: string;
      at: string;
      state: "sent" | Delivery;
      attachments: Attachment[];
    }
  | { kind: "agent"; id: string; name: string; text: string; at: string; attachments: Attachment[] }
  | { kind: "note"; id: string; name: string; text: string; at: string; attachments: Attachment[] }
  | {
      kind: "answer";
      id: string;
      sentences: Sentence[];
      sources: Source[];
      state: "writing" | "complete" | "truncated" | "incomplete";
      confidence: number | null;
      needsHuman: boolean;
      /** What the visitor thinks of it. */
      helpful: boolean | null;
      at: string;
    }
  | { kind: "notice"; id: string; notice: Notice; at: string };

export type Notice =
  | { type: "handed_over"; reason: Reason }
  | { type: "agent_joined"; name: string }
  | { type: "returned_to_ai" }
  | { type: "ended" }
  | { type: "reopened" }
  | { type: "rated"; rating: number; comment: string | null }
  | { type: "failed"; code: Reason };

export interface ChatView {
  seq: number;
  lines: Line[];
  withPerson: boolean;
  agentName: string | null;
  ended: boolean;
  queuePlace: number | null;
  /** Who writes on the other side; an empty name is somebody without one. */
  typing: string | null;
  rating: number | null;
  /** The language of the last answer, as two letters. */
  language: string | null;
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
  typing: null,
  rating: null,
  language: null,
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
      const { id, content: text, sender, senderName, sentAt: at, clientMessageId } = event.message;
      const attachments = event.message.attachments ?? [];
      if (sender !== "user") {
        const line: Line = { kind: "agent", id, name: senderName ?? "", text, at, attachments };
        return { ...next, typing: null, lines: [...view.lines, line] };
      }
      const own = clientMessageId ?? id;
      const line: Line = { kind: "visitor", id: own, text, at, state: "sent", attachments };
      const others = view.lines.filter((one) => one.id !== own);
      return { ...next, typing: null, ended: false, lines: [...others, line] };
    }
    case "note": {
      const { id, content: text, senderName, sentAt: at, attachments = [] } = event.message;
      const line: Line = { kind: "note", id, name: senderName ?? "", text, at, attachments };
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
        helpful: null,
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
      return onAnswer({ ...next, language: event.language ?? view.language }, event.messageId, (line) => ({
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
      return { ...next, typing: null, ended: true, lines: notice({ type: "ended" }) };
    case "reopened":
      return { ...next, ended: false, lines: notice({ type: "reopened" }) };
    case "feedback":
      return onAnswer(next, event.messageId, (line) => ({ ...line, helpful: event.helpful }));
    case "rated": {
      const { rating, comment } = event;
      const lines = notice({ type: "rated", rating, comment });
      return { ...next, rating, lines: lines.filter((one) => !isRating(one) || one.id === `n${event.seq}`) };
    }
    case "contact":
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
export function withOutgoing(
  view: ChatView,
  id: string,
  text: string,
  state: Delivery,
  attachments: Attachment[] = [],
): ChatView {
  const known = view.lines.find((line) => line.kind === "visitor" && line.id === id);
  if (known?.kind === "visitor") {
    if (known.state === "sent" || known.state === state) return view;
    return { ...view, lines: view.lines.map((line) => (line === known ? { ...known, state } : line)) };
  }
  const at = new Date().toISOString();
  const line: Line = { kind: "visitor", id, text, at, state, attachments };
  return { ...view, lines: [...view.lines, line] };
}

function isRating(line: Line): boolean {
  return line.kind === "notice" && line.notice.type === "rated";
}

function passing(view: ChatView, event: Exclude<ChatEvent, { at: string }>): ChatView {
  switch (event.type) {
    case "queued":
      return { ...view, queuePlace: event.place };
    case "typing.start":
      return { ...view, typing: event.name ?? "" };
    case "typing.stop":
      return view.typing === null ? view : { ...view, typing: null };
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
