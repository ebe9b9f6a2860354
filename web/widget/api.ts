// The widget's calls to the desk.

import { eventsOf } from "../protocol/eventStream";
import type { PassingEvent } from "../protocol/events";
import type { Outgoing } from "../protocol/outbox";
import { Refused } from "../protocol/refused";
import type { Session } from "./session";

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { "Content-Type": "application/json", ...init.headers };
  const response = await fetch(path, { ...init, method: "POST", headers });
  if (!response.ok) throw await Refused.from(response);
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
  for await (const event of eventsOf<PassingEvent>(response)) {
    if (event.type !== "accepted") continue;
    abort.abort();
    return;
  }
  throw new Error("The line was cut before the desk confirmed the message.");
}

export async function stopAnswer(session: Session): Promise<void> {
  await call(`/api/v1/chats/${session.sessionId}/stop`, {
    headers: { "X-Visitor-Token": session.visitorToken },
  });
}

export async function askForPerson(session: Session): Promise<void> {
  await call(`/api/chat/${session.sessionId}/escalate`);
}

export async function endChat(session: Session): Promise<void> {
  await call(`/api/messages/chat/${session.sessionId}/end`, { body: "{}" });
}
