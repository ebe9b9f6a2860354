// The widget's calls to the desk.

import { eventsOf } from "../protocol/eventStream";
import type { PassingEvent } from "../protocol/events";
import type { Outgoing, Session } from "./session";

/** A reply that is an error: the chat is gone, or the message itself is refused. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function call(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, {
    ...init,
    method: init.method ?? "POST",
    headers: { "Content-Type": "application/json", ...init.headers },
  });
  if (!response.ok) throw new Refused(response.status, await response.text());
  return response;
}

export async function startChat(name: string, email: string, page: string): Promise<Session> {
  const environment = { language: navigator.language, platform: navigator.platform };
  const body = JSON.stringify({ userName: name, userEmail: email, currentPage: page, environment });
  return (await (await call("/api/chat", { body })).json()) as Session;
}

/** Send a message; returns once the desk has it on disk. */
export async function send(session: Session, item: Outgoing, page: string): Promise<void> {
  const abort = new AbortController();
  const response = await call(`/api/v1/chats/${session.sessionId}/messages`, {
    body: JSON.stringify({ content: item.text, clientMessageId: item.id, pageContext: page }),
    headers: { "X-Visitor-Token": session.visitorToken, Accept: "text/event-stream" },
    signal: abort.signal,
  });
  // The answer itself comes over the chat's own stream, once for all connections.
  for await (const event of eventsOf<PassingEvent>(response)) if (event.type === "accepted") break;
  abort.abort();
}

export async function stopAnswer(session: Session): Promise<void> {
  await call(`/api/v1/chats/${session.sessionId}/stop`, {
    headers: { "X-Visitor-Token": session.visitorToken },
  });
}

export async function askForPerson(session: Session): Promise<void> {
  await call(`/api/chat/${session.sessionId}/escalate`, {});
}

export async function endChat(session: Session): Promise<void> {
  await call(`/api/messages/chat/${session.sessionId}/end`, { body: "{}" });
}
