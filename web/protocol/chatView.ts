// Folds a chat's events into what a screen shows; feeding an event twice changes nothing.

import type { Attachment, ChatEvent, Citation, Message, Reason, Source, Why } from "./events";
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
  | {
      kind: "agent" | "note";
      id: string;
      /** The name that its sender gave it, by which the sender knows it again. */
      own?: string;
      name: string;
      text: string;
      at: string;
      attachments: Attachment[];
    }
  | {
      kind: "answer";
      id: string;
      sentences: Sentence[];
      sources: Source[];
      state: "writing" | "complete" | "truncated" | "incomplete";
      confidence: number | null;
      needsHuman: boolean;
      why: Why | null;
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
  /** Which people at the desk write; only the desk hears of it. */
  colleagues: readonly { id: string; name: string }[];
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
  colleagues: [],
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
      const { id, content: text, sender, sentAt: at, clientMessageId, attachments = [] } = event.message;
      if (sender !== "user") return { ...said(next, "agent", event.message), typing: null };
      const own = clientMessageId ?? id;
      const line: Line = { kind: "visitor", id: own, text, at, state: "sent", attachments };
      return { ...next, typing: null, ended: false, lines: [...without(view.lines, own), line] };
    }
    case "note":
      return said(next, "note", event.message);
    case "sources": {
      const line: Line = {
        kind: "answer",
        id: event.messageId,
        sentences: [],
        sources: event.sources,
        state: "writing",
        confidence: null,
        needsHuman: false,
        why: null,
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
        why: event.why ?? null,
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

function said(view: ChatView, kind: "agent" | "note", message: Message): ChatView {
  const { id, content: text, senderName, sentAt: at, clientMessageId: own, attachments = [] } = message;
  const name = senderName ?? "";
  const line: Line = { kind, id, name, text, at, attachments, ...(own && { own }) };
  const colleagues = view.colleagues.filter((one) => one.name !== name);
  return { ...view, colleagues, lines: [...view.lines, line] };
}

/** What changes is near the end, and a long chat is folded line by line. */
function lastPlace(lines: Line[], id: string): number {
  let place = lines.length - 1;
  while (place >= 0 && lines[place]?.id !== id) place--;
  return place;
}

function without(lines: Line[], id: string): Line[] {
  const place = lastPlace(lines, id);
  return place < 0 ? lines : [...lines.slice(0, place), ...lines.slice(place + 1)];
}

function isRating(line: Line): boolean {
  return line.kind === "notice" && line.notice.type === "rated";
}

function passing(view: ChatView, event: Exclude<ChatEvent, { at: string }>): ChatView {
  switch (event.type) {
    case "queued":
      return { ...view, queuePlace: event.place };
    case "typing.start":
    case "typing.stop":
      return event.agentId
        ? withColleague(view, event.type, event.agentId, event.name ?? "")
        : withTyping(view, event.type === "typing.start" ? (event.name ?? "") : null);
    case "resync_required":
      return { ...view, gap: true };
    default:
      return view;
  }
}

function withTyping(view: ChatView, typing: string | null): ChatView {
  return view.typing === typing ? view : { ...view, typing };
}

function withColleague(view: ChatView, what: string, id: string, name: string): ChatView {
  const known = view.colleagues.some((one) => one.id === id);
  if (known === (what === "typing.start")) return view;
  const others = view.colleagues.filter((one) => one.id !== id);
  return { ...view, colleagues: known ? others : [...others, { id, name }] };
}

function onAnswer(
  view: ChatView,
  id: string,
  change: (line: Extract<Line, { kind: "answer" }>) => Line,
): ChatView {
  const place = lastPlace(view.lines, id);
  const line = view.lines[place];
  if (line?.kind !== "answer") return view;
  const lines = view.lines.slice();
  lines[place] = change(line);
  return { ...view, lines };
}
