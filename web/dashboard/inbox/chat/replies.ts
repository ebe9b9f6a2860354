// What an agent has written and the desk has not confirmed: kept over reloads and sign-outs, one outbox for each chat.
//
// It belongs to the account that wrote it, and is only ever sent by that account.

import { useEffect, useSyncExternalStore } from "react";
import { type Delivery, Outbox, type OutboxStore, type Outgoing } from "../../../protocol/outbox";
import { Refused } from "../../../protocol/refused";
import { ask } from "../../api/call";
import { forget, keep, kept, keptKeys } from "../kept";

export interface Pending extends Outgoing {
  at: string;
  delivery: Delivery | "sent";
  /** Why the desk would not have it. */
  error?: string;
}

interface Kept {
  chatId: string;
  items: Outgoing[];
  refused: Pending[];
}

const PREFIX = "aichatdesk.outbox.";
const NONE: readonly Pending[] = [];

export class Replies {
  private readonly boxes = new Map<string, Outbox>();
  private readonly lines = new Map<string, readonly Pending[]>();
  private readonly listeners = new Set<() => void>();
  private readonly prefix: string;

  constructor(agentId: string) {
    this.prefix = `${PREFIX}${agentId}.`;
    for (const key of keptKeys(this.prefix)) {
      const sessionId = key.slice(this.prefix.length);
      this.lines.set(sessionId, this.load(sessionId).refused);
      void this.box(sessionId).flush();
    }
    window.addEventListener("online", this.retry);
  }

  stop(): void {
    window.removeEventListener("online", this.retry);
    for (const box of this.boxes.values()) box.close();
  }

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  /** What was written in a chat and is not yet in its log, in order. */
  of(sessionId: string): readonly Pending[] {
    return this.lines.get(sessionId) ?? NONE;
  }

  add(chat: { sessionId: string; _id: string }, what: Omit<Outgoing, "id">): void {
    const before = this.load(chat.sessionId);
    if (!before.chatId) this.save(chat.sessionId, { ...before, chatId: chat._id });
    this.box(chat.sessionId).add({ ...what, id: crypto.randomUUID() });
  }

  /** These are in the log now. */
  confirm(sessionId: string, inLog: (id: string) => boolean): void {
    const left = this.of(sessionId).filter((one) => !inLog(one.id));
    if (left.length < this.of(sessionId).length) this.set(sessionId, left);
  }

  /** Take back what the desk would not have. */
  drop(sessionId: string, id: string): void {
    const before = this.load(sessionId);
    this.save(sessionId, { ...before, refused: before.refused.filter((one) => one.id !== id) });
    this.set(
      sessionId,
      this.of(sessionId).filter((one) => one.id !== id),
    );
  }

  private readonly retry = () => {
    for (const box of this.boxes.values()) void box.flush();
  };

  private box(sessionId: string): Outbox {
    const known = this.boxes.get(sessionId);
    if (known) return known;
    let refusal = "";
    const store: OutboxStore = {
      load: () => this.load(sessionId).items,
      save: (items) => this.save(sessionId, { ...this.load(sessionId), items }),
    };
    const made = new Outbox(
      store,
      async (item) => {
        refusal = await this.send(sessionId, item);
        if (refusal) throw new Refused(400, refusal);
        this.tell(sessionId, item, "sent");
      },
      (item, delivery) => this.tell(sessionId, item, delivery, refusal),
      () => undefined,
    );
    this.boxes.set(sessionId, made);
    return made;
  }

  /** The desk's sentence if it will never take the message; throws where trying again may help. */
  private async send(sessionId: string, item: Outgoing): Promise<string> {
    const { chatId } = this.load(sessionId);
    const body = {
      chatId,
      content: item.text,
      sender: "agent",
      isInternal: item.internal ?? false,
      attachments: item.attachments ?? [],
      clientMessageId: item.id,
    };
    try {
      await ask.post("/api/messages", { body });
      return "";
    } catch (error) {
      if (!(error instanceof Refused) || error.passing) throw error;
      // Signed out is no refusal: it is sent after the next sign-in.
      if (error.status === 401) throw new Refused(503, error.message);
      return error.message;
    }
  }

  private tell(sessionId: string, item: Outgoing, delivery: Pending["delivery"], error?: string): void {
    const known = this.of(sessionId).find((one) => one.id === item.id);
    const at = known?.at ?? new Date().toISOString();
    const line: Pending = { ...item, at, delivery, ...(delivery === "refused" && error && { error }) };
    if (delivery === "refused") {
      const before = this.load(sessionId);
      this.save(sessionId, { ...before, refused: [...before.refused, line] });
    }
    const lines = this.of(sessionId);
    this.set(sessionId, known ? lines.map((one) => (one === known ? line : one)) : [...lines, line]);
  }

  private set(sessionId: string, lines: readonly Pending[]): void {
    this.lines.set(sessionId, lines);
    for (const tell of this.listeners) tell();
  }

  private load(sessionId: string): Kept {
    return kept<Kept>(this.prefix + sessionId, { chatId: "", items: [], refused: [] });
  }

  private save(sessionId: string, next: Kept): void {
    if (next.items.length + next.refused.length === 0 && this.load(sessionId).items.length > 0)
      forget(this.prefix + sessionId);
    else keep(this.prefix + sessionId, next);
  }
}

let current: { agentId: string; replies: Replies } | null = null;

/** The outboxes of the account that is signed in. */
export function repliesOf(agentId: string): Replies {
  if (current?.agentId === agentId) return current.replies;
  current?.replies.stop();
  current = { agentId, replies: new Replies(agentId) };
  return current.replies;
}

/** Send what is left from before, whatever page is open; call once, in the shell. */
export function useKeepSending(agentId: string): void {
  useEffect(() => {
    repliesOf(agentId);
    return () => {
      current?.replies.stop();
      current = null;
    };
  }, [agentId]);
}

export function usePending(agentId: string, sessionId: string): readonly Pending[] {
  const replies = repliesOf(agentId);
  return useSyncExternalStore(replies.subscribe, () => replies.of(sessionId));
}
