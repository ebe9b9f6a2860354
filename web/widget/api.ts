// The widget's calls to the desk.

import { eventsOf } from "../protocol/eventStream";
import type { Attachment, Message, PassingEvent } from "../protocol/events";
import type { Outgoing } from "../protocol/outbox";
import { Refused } from "../protocol/refused";
import type { Session } from "./session";

export type Wanted = "required" | "optional" | "hidden";

/** What the widget shows, as the desk has it. */
export interface Config {
  company: string | null;
  title: string | null;
  greeting: string | null;
  color: string | null;
  position: "right" | "left" | null;
  theme: "auto" | "light" | "dark" | null;
  language: string | null;
  privacyUrl: string | null;
  form: { name: Wanted; email: Wanted; question: Wanted };
  questions: string[];
  categories: { id: string; name: string; icon: string | null }[];
  features: { attachments: boolean; calls: boolean; transcript: boolean; rating: boolean };
  desk: { staffed: boolean; away: string | null };
}

export interface NewChat {
  userName?: string;
  userEmail?: string;
  question?: string;
  categoryId?: string;
}

export interface Waiting {
  waiting: boolean;
  place: number | null;
  staffed: boolean;
  typicalMinutes: number | null;
}

export interface Earlier {
  sessionId: string;
  startedAt: string;
  firstQuestion: string | null;
}

export interface Slot {
  start: string;
  end: string;
}

export interface Booked {
  start: string;
  meetingLink: string | null;
  icsUrl: string;
}

interface Options {
  method?: string;
  body?: unknown;
  chat?: Session;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const GONE = new Set([403, 404]);

/** Whether the desk does not know the chat any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Refused && GONE.has(error.status);
}

async function call(path: string, { method = "POST", body, chat, ...more }: Options = {}): Promise<Response> {
  const response = await fetch(path, {
    method,
    cache: "no-store",
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...more,
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(chat && { "X-Visitor-Token": chat.visitorToken }),
      ...more.headers,
    },
  });
  if (!response.ok) throw await Refused.from(response);
  return response;
}

async function read<T>(path: string, options: Options = {}): Promise<T> {
  return (await (await call(path, { method: "GET", ...options })).json()) as T;
}

const about = (chat: Session) => `/api/v1/chats/${encodeURIComponent(chat.sessionId)}`;

export const readConfig = (signal: AbortSignal) => read<Config>("/api/v1/widget/config", { signal });

export async function startChat(wanted: NewChat, page: string, language: string): Promise<Session> {
  const body = {
    ...wanted,
    currentPage: page,
    language,
    environment: { language: navigator.language, platform: navigator.platform },
  };
  const started = await read<Session>("/api/v1/chats", { method: "POST", body });
  const { sessionId, chatId, visitorToken } = started;
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
    await call("/api/messages", { body: { chatId: chat.chatId, content, attachments, clientMessageId: id } });
    return;
  }
  const abort = new AbortController();
  const response = await call(`${about(chat)}/messages`, {
    body: { content: text, clientMessageId: id, pageContext: page, attachments },
    headers: { Accept: "text/event-stream" },
    chat,
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

export const stopAnswer = (chat: Session) => call(`${about(chat)}/stop`, { chat });
export const askForPerson = (chat: Session) => call(`/api/chat/${chat.sessionId}/escalate`);
export const endChat = (chat: Session) => call(`/api/messages/chat/${chat.sessionId}/end`, { body: {} });
export const tellTyping = (chat: Session, typing: boolean) =>
  call(`${about(chat)}/typing`, { body: { typing }, chat });
export const pickCategory = (chat: Session, categoryId: string) =>
  call(`/api/chat/${chat.sessionId}/category`, { method: "PATCH", body: { categoryId } });
export const giveFeedback = (chat: Session, id: string, helpful: boolean | null, comment?: string) =>
  call(`${about(chat)}/messages/${id}/feedback`, { method: "PUT", body: { helpful, comment }, chat });
export const rateChat = (chat: Session, rating: number, comment?: string) =>
  call(`${about(chat)}/rating`, { method: "PUT", body: { rating, comment }, chat });
export const leaveAddress = (chat: Session, email: string) =>
  call(`${about(chat)}/contact`, { method: "PUT", body: { email }, chat });
export const askForTranscript = (chat: Session) =>
  read<{ outcome: "sent" | "confirm" | "none" }>(`${about(chat)}/transcript`, { method: "POST", chat });
export const readWaiting = (chat: Session) => read<Waiting>(`${about(chat)}/waiting`, { chat });
export const readEarlier = (chat: Session) => read<{ chats: Earlier[] }>(`${about(chat)}/earlier`, { chat });
export const identify = (chat: Session, token: string) =>
  read<{ user: { id: string; name: string; email: string } }>(`${about(chat)}/identify`, {
    method: "POST",
    body: { token },
    chat,
  });

export interface Snapshot {
  messages: (Message & { isInternal?: boolean })[];
}

/** A whole chat: its own, or with `through` one of the same identified visitor. */
export const readChat = (sessionId: string, chat: Session, through: boolean) =>
  read<Snapshot>(through ? `${about(chat)}/earlier/${sessionId}` : about(chat), { chat });

export const readSlots = (from?: string) =>
  read<{ days: { date: string; slots: Slot[] }[] }>(`/api/calendar/slots${from ? `?date=${from}` : ""}`);

export const bookSlot = (chat: Session, slot: Slot, name: string, email: string, notes: string) =>
  read<Booked>("/api/calendar/book", {
    method: "POST",
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
