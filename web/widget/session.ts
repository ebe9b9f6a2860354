// What this browser remembers of its chats; where storage is blocked, only this page does.

import type { Attachment } from "../protocol/events";
import type { OutboxStore, Outgoing } from "../protocol/outbox";

export interface Session {
  sessionId: string;
  chatId: string;
  visitorToken: string;
  /** What the visitor typed; empty where it was not asked for. */
  name: string;
  email: string;
  startedAt: string;
  /** As whom the page had the visitor signed in; empty where it said nothing. */
  user: string;
  /** The first words of the chat, by which its visitor knows it again. */
  question: string;
}

export interface Draft {
  text: string;
  files: Attachment[];
}

const CURRENT = "aichatdesk.session";
const CHATS = "aichatdesk.chats";
const MOST = 20;
const memory = new Map<string, string>();
let onlyMemory = false;

/** Keep nothing in the browser from now on, as in a preview. */
export function forgetEverything(): void {
  onlyMemory = true;
  memory.clear();
}

function read<T>(key: string): T | null {
  const text = memory.get(key) ?? stored(key);
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

function stored(key: string): string | null {
  try {
    return onlyMemory ? null : localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  memory.delete(key);
  try {
    if (onlyMemory) throw new Error("nothing is kept");
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(key, JSON.stringify(value));
  }
}

/** A value of one chat under one name. */
function kept<T>(name: string, none: T) {
  const key = (chat: Session) => `aichatdesk.${name}.${chat.sessionId}`;
  return {
    load: (chat: Session): T => read<T>(key(chat)) ?? none,
    save: (chat: Session, value: T | null): void => write(key(chat), value),
  };
}

/** How many lines of the other side were in view. */
export const seenLines = kept<number>("seen", 0);
/** What is written and not sent. */
export const draft = kept<Draft>("draft", { text: "", files: [] });
/** The call that was booked. */
export const bookings = kept<{ start: string; link: string | null; file: string | null } | null>(
  "call",
  null,
);
const outboxes = kept<Outgoing[]>("outbox", []);

export function outboxOf(chat: Session): OutboxStore {
  return {
    load: () => outboxes.load(chat),
    save: (items) => outboxes.save(chat, items.length > 0 ? items : null),
  };
}

/** What was written in a chat and never arrived. */
export function unsentText(chat: Session): string {
  const waiting = outboxes.load(chat).map((one) => one.text);
  return [...waiting, draft.load(chat).text].filter(Boolean).join("\n");
}

let signedIn = "";
const every = (): Session[] => read<Session[]>(CHATS) ?? [];

export const sessions = {
  current: (): Session | null => {
    const chat = read<Partial<Session>>(CURRENT);
    if (!chat?.sessionId || !chat.visitorToken) return null;
    return { chatId: "", name: "", email: "", startedAt: "", user: "", question: "", ...chat } as Session;
  },
  /** From now on this is whom the page has signed in; chats of others who use this browser are not shown. */
  belongTo: (user: string): void => {
    signedIn = user;
  },
  /** Every chat of this browser that is not somebody else's, the newest first. */
  all: (): Session[] => every().filter((one) => !signedIn || !one.user || one.user === signedIn),
  /** Keep a chat, or what has changed of it, and make it the current one. */
  use: (chat: Session): void => {
    const others = every().filter((one) => one.sessionId !== chat.sessionId);
    const chats = [chat, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    for (const old of chats.slice(MOST)) wipe(old);
    write(CHATS, chats.slice(0, MOST));
    write(CURRENT, chat);
  },
  /** No chat is the current one; it stays among the earlier ones. */
  leave: (): void => write(CURRENT, null),
  /** The desk does not know the chat any more. */
  forget: (chat: Session): void => {
    wipe(chat);
    write(
      CHATS,
      every().filter((one) => one.sessionId !== chat.sessionId),
    );
    if (sessions.current()?.sessionId === chat.sessionId) write(CURRENT, null);
  },
};

function wipe(chat: Session): void {
  for (const one of [seenLines, draft, bookings, outboxes]) one.save(chat, null);
}

/** The language that the visitor chose, and what the desk said last of how the widget looks. */
export const chosenLanguage = {
  load: (): string | null => read<string>("aichatdesk.language"),
  save: (language: string): void => write("aichatdesk.language", language),
};
export const lastLook = {
  load: <T>(): T | null => read<T>("aichatdesk.look"),
  save: (look: unknown): void => write("aichatdesk.look", look),
};
