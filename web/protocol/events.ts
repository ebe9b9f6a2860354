// The chat's event log as the server sends it; `seq` is missing on what is shown and never kept.

export interface Citation {
  n: number;
  document: string;
  documentId: string;
  section: string;
  start: number;
  end: number;
  quote: string;
}

export interface Source {
  n: number;
  document: string;
  documentId: string;
  section: string;
  text: string;
  start: number;
  end: number;
  score: number;
}

export interface Attachment {
  filename: string;
  originalName?: string;
  url: string;
  type: string;
  size?: number;
}

export interface Message {
  id: string;
  chatId: string;
  sender: "user" | "ai" | "agent";
  senderName: string | null;
  content: string;
  sentAt: string;
  clientMessageId?: string;
  attachments?: Attachment[];
}

export type Reason =
  | "visitor_asked"
  | "not_sure"
  | "no_answer"
  | "model_unavailable"
  | "queue_full"
  | "agent_left"
  | "interrupted"
  | "stopped";

/** What a confidence rests on: two shares from 0 to 1, and how many sentences were left out as unsupported. */
export interface Why {
  retrieval: number;
  grounding: number;
  dropped: number;
}

interface Logged {
  seq: number;
  at: string;
}

export type LoggedEvent = Logged &
  (
    | { type: "message"; message: Message }
    | { type: "note"; message: Message }
    | { type: "sources"; messageId: string; questionId: string | null; sources: Source[] }
    | { type: "sentence"; messageId: string; text: string; citations: Citation[] }
    | {
        type: "finished";
        messageId: string;
        confidence: number;
        needsHuman: boolean;
        state: string;
        language?: string;
        /** For the desk alone. */
        why?: Why;
      }
    | { type: "handed_over"; reason: Reason }
    | { type: "failed"; code: Reason; messageId: string | null }
    | { type: "agent_joined"; agentName: string; agentId: string }
    | { type: "assigned"; agent: { id: string; name: string } | null }
    | { type: "returned_to_ai" }
    | { type: "ended"; by: string }
    | { type: "reopened"; status: "active" | "waiting" }
    | { type: "feedback"; messageId: string; helpful: boolean | null }
    | { type: "rated"; rating: number; comment: string | null }
    | { type: "contact"; name: string; email: string }
    | { type: "flagged"; flagged: true; reason: string }
    | {
        type: "labelled";
        summary?: string;
        category?: string;
        sentiment?: string;
        priority?: string;
        notes?: string;
        categoryId?: string | null;
        userId?: string;
        userName?: string;
        userEmail?: string;
        emailVerified?: boolean;
      }
  );

/** `agentId` only for people at the desk, who see each other type; the visitor has none. */
export interface TypingEvent {
  type: "typing.start" | "typing.stop";
  name?: string | null;
  agentId?: string;
}

export type PassingEvent =
  | { type: "accepted"; seq: number; messageId: string; deduplicated: boolean }
  | { type: "queued"; place: number }
  | { type: "draft"; text: string }
  | TypingEvent
  | { type: "resync_required" };

export type ChatEvent = LoggedEvent | PassingEvent;

/** Whether an event is an entry of the log, of a kind that this page knows or of a later one. */
export function isLogged(event: ChatEvent): event is LoggedEvent {
  return "at" in event && typeof event.seq === "number";
}
