// What this browser remembers of its chat; where storage is blocked, only this page does.

import type { OutboxStore, Outgoing } from "../protocol/outbox";

export interface Session {
  sessionId: string;
  chatId: string;
  visitorToken: string;
}

const SESSION = "aichatdesk.session";
const OUTBOX = "aichatdesk.outbox";
const READ = "aichatdesk.read";
const memory = new Map<string, string>();

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
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  memory.delete(key);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(key, JSON.stringify(value));
  }
}

export const session = {
  load: (): Session | null => read<Session>(SESSION),
  save: (value: Session): void => write(SESSION, value),
  forget: (): void => {
    write(SESSION, null);
    write(OUTBOX, null);
    write(READ, null);
  },
};

/** The last event that was in view. */
export const readMark = {
  load: (): number => read<number>(READ) ?? 0,
  save: (seq: number): void => write(READ, seq),
};

export const outboxStore: OutboxStore = {
  load: () => read<Outgoing[]>(OUTBOX) ?? [],
  save: (items) => write(OUTBOX, items.length > 0 ? items : null),
};
