// The widget's calls to the desk.

import { eventsOf } from "../protocol/eventStream";
import type { Attachment, PassingEvent } from "../protocol/events";
import type { components } from "../protocol/openapi";
import type { Outgoing } from "../protocol/outbox";
import { Refused } from "../protocol/refused";
import { addressOf, type Given, type Method, type Reply, type Route, type Values } from "../protocol/routes";
import type { Session } from "./session";

type Shapes = components["schemas"];

/** What the widget shows, as the desk has it. */
export type Config = Shapes["WidgetConfig"];
export type Wanted = Config["form"]["name"];
export type NewChat = Pick<Shapes["BeginChatBody"], "userName" | "userEmail" | "question" | "categoryId">;
export type Waiting = Shapes["Waiting"];
export type Slot = Shapes["Slot"];
export type Snapshot = Shapes["Snapshot"];

interface Options {
  chat?: Session;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const GONE = new Set([403, 404]);

/** Whether the desk knows a chat as somebody else's. */
export function isAnothers(error: unknown): boolean {
  return error instanceof Refused && error.status === 409;
}

/** Whether the desk does not know the chat any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Refused && GONE.has(error.status);
}

async function call<M extends Method, P extends Route<M>>(
  method: M,
  path: P,
  given: Given<M, P> & Options,
): Promise<Response> {
  const { chat, headers, signal, body, ...values }: Options & Values = given;
  const response = await fetch(addressOf(path, values), {
    method: method.toUpperCase(),
    cache: "no-store",
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(chat && { "X-Visitor-Token": chat.visitorToken }),
      ...headers,
    },
  });
  if (!response.ok) throw await Refused.from(response);
  return response;
}

async function read<M extends Method, P extends Route<M>>(
  method: M,
  path: P,
  given: Given<M, P> & Options,
): Promise<Reply<M, P>> {
  return (await call(method, path, given)).json();
}

/** What belongs to every call about a chat: which, and that its visitor asks. */
const of = (chat: Session) => ({ chat, path: { session_id: chat.sessionId } });

export const readConfig = (signal: AbortSignal) => read("get", "/api/v1/widget/config", { signal });

export async function startChat(wanted: NewChat, page: string, language: string): Promise<Session> {
  const body = {
    ...wanted,
    currentPage: page,
    language,
    environment: { language: navigator.language, platform: navigator.platform },
  };
  const { sessionId, chatId, visitorToken } = await read("post", "/api/v1/chats", { body });
  return {
    sessionId,
    chatId,
    visitorToken,
    name: wanted.userName ?? "",
    email: wanted.userEmail ?? "",
    startedAt: new Date().toISOString(),
    user: "",
    question: "",
  };
}

/** Send a message; returns once the desk has it on disk. */
export async function send(chat: Session, item: Outgoing, page: string): Promise<void> {
  const { id, text, attachments = [] } = item;
  if (!text) {
    // Files alone are for people: the assistant is not asked.
    const content = `[Sent ${attachments.length} file(s)]`;
    const body = { chatId: chat.chatId, content, attachments, clientMessageId: id };
    await call("post", "/api/messages", { body });
    return;
  }
  const abort = new AbortController();
  const response = await call("post", "/api/v1/chats/{session_id}/messages", {
    ...of(chat),
    body: { content: text, clientMessageId: id, pageContext: page, attachments },
    headers: { Accept: "text/event-stream" },
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

export const stopAnswer = (chat: Session) => call("post", "/api/v1/chats/{session_id}/stop", of(chat));
export const askForPerson = (chat: Session) => call("post", "/api/chat/{session_id}/escalate", of(chat));
export const endChat = (chat: Session) =>
  call("post", "/api/messages/chat/{session_id}/end", { ...of(chat), body: {} });
export const tellTyping = (chat: Session, typing: boolean) =>
  call("post", "/api/v1/chats/{session_id}/typing", { ...of(chat), body: { typing } });
export const pickCategory = (chat: Session, categoryId: string) =>
  call("patch", "/api/chat/{session_id}/category", { ...of(chat), body: { categoryId } });
export const giveFeedback = (chat: Session, id: string, helpful: boolean | null, comment?: string) =>
  call("put", "/api/v1/chats/{session_id}/messages/{message_id}/feedback", {
    chat,
    path: { session_id: chat.sessionId, message_id: id },
    body: { helpful, ...(comment !== undefined && { comment }) },
  });
export const rateChat = (chat: Session, rating: number, comment?: string) =>
  call("put", "/api/v1/chats/{session_id}/rating", {
    ...of(chat),
    body: { rating, ...(comment !== undefined && { comment }) },
  });
export const leaveAddress = (chat: Session, email: string) =>
  call("put", "/api/v1/chats/{session_id}/contact", { ...of(chat), body: { email } });
export const askForTranscript = (chat: Session) =>
  read("post", "/api/v1/chats/{session_id}/transcript", of(chat));
export const readWaiting = (chat: Session) => read("get", "/api/v1/chats/{session_id}/waiting", of(chat));
export const readEarlier = (chat: Session) => read("get", "/api/v1/chats/{session_id}/earlier", of(chat));
export const identify = (chat: Session, token: string) =>
  read("post", "/api/v1/chats/{session_id}/identify", { ...of(chat), body: { token } });

/** A whole chat: its own, or with `through` one of the same identified visitor. */
export const readChat = (sessionId: string, chat: Session, through: boolean): Promise<Snapshot> =>
  through
    ? read("get", "/api/v1/chats/{session_id}/earlier/{other_session_id}", {
        chat,
        path: { session_id: chat.sessionId, other_session_id: sessionId },
      })
    : read("get", "/api/v1/chats/{session_id}", of(chat));

export const readSlots = (from: string | null = null) =>
  read("get", "/api/calendar/slots", { query: { date: from } });

export const bookSlot = (chat: Session, slot: Slot, name: string, email: string, notes: string) =>
  read("post", "/api/calendar/book", {
    chat,
    body: {
      start: slot.start,
      end: slot.end,
      customerName: name,
      customerEmail: email,
      meetingType: "call",
      sessionId: chat.sessionId,
      notes,
    },
  });

export interface Uploading {
  done: Promise<Attachment>;
  stop: () => void;
}

/** Send one file; only this way of sending tells how far it has come. */
export function upload(file: File, name: string, onPart: (part: number) => void): Uploading {
  const request = new XMLHttpRequest();
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onPart(total ? loaded / total : 0);
    request.onerror = () => reject(new Error("The line was cut."));
    request.onabort = request.onerror;
    request.onload = () => {
      const [kept] = request.status < 300 ? filesIn(request.response) : [];
      if (!kept) return reject(new Refused(request.status, "The desk did not take the file."));
      resolve({
        filename: kept.originalName ?? name,
        url: kept.url,
        ...(kept.type && { type: kept.type }),
        size: kept.size ?? file.size,
      });
    };
  });
  const form = new FormData();
  form.append("files", file, name);
  request.responseType = "json";
  request.open("POST", "/api/upload");
  request.send(form);
  return { done, stop: () => request.abort() };
}

function filesIn(reply: unknown): Attachment[] {
  const files = (reply as { files?: Attachment[] } | null)?.files;
  return Array.isArray(files) ? files : [];
}
