// What this browser remembers of its chat; where storage is blocked, only this page does.

export interface Session {
  sessionId: string;
  chatId: string;
  visitorToken: string;
}

export interface Outgoing {
  id: string;
  text: string;
}

const SESSION = "aichatdesk.session";
const OUTBOX = "aichatdesk.outbox";
const memory = new Map<string, string>();

function read<T>(key: string): T | null {
  let text: string | null | undefined;
  try {
    text = localStorage.getItem(key);
  } catch {
    text = memory.get(key);
  }
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    memory.set(key, text);
  }
}

export const session = {
  load: (): Session | null => read<Session>(SESSION),
  save: (value: Session): void => write(SESSION, value),
  forget: (): void => {
    write(SESSION, null);
    write(OUTBOX, null);
  },
};

export const outbox = {
  load: (): Outgoing[] => read<Outgoing[]>(OUTBOX) ?? [],
  add: (item: Outgoing): void => write(OUTBOX, [...outbox.load(), item]),
  remove: (id: string): void =>
    write(
      OUTBOX,
      outbox.load().filter((item) => item.id !== id),
    ),
};
