// The chat's event log as the server describes it; `seq` is missing on what is shown and never kept.

import type { components } from "./openapi";

type Shapes = components["schemas"];

export type Citation = Shapes["Citation"];
export type Source = Shapes["Source"];
export type Attachment = Shapes["Attachment"];
export type Message = Shapes["SentMessage"];
export type Reason = Shapes["Reason"];
export type Why = Shapes["TurnWhy"];
export type LoggedEvent = Shapes["MissedEvents"]["events"][number];

export type TypingEvent = Shapes["TypingEvent"];
export type PassingEvent = Shapes["PassingEvent"];

export type ChatEvent = LoggedEvent | PassingEvent;

/** Whether an event is an entry of the log, of a kind that this page knows or of a later one. */
export function isLogged(event: ChatEvent): event is LoggedEvent {
  return "at" in event && typeof event.seq === "number";
}
