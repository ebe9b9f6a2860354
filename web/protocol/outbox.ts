// Messages that the desk has not confirmed: kept over a reload, sent in their order, tried until it answers.

import { Backoff } from "./backoff";
import type { Attachment } from "./events";
import { Refused } from "./refused";

export interface Outgoing {
  id: string;
  text: string;
  /** Files that the desk already has. */
  attachments?: Attachment[];
  /** A note for people at the desk. */
  internal?: boolean;
}

export interface OutboxStore {
  load(): Outgoing[];
  save(items: Outgoing[]): void;
}

export type Delivery = "sending" | "waiting" | "refused";

export class Outbox {
  private busy = false;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly pauses = new Backoff();

  /** `send` returns once the desk has the message on disk; `tell` hears what became of each. */
  constructor(
    private readonly store: OutboxStore,
    private readonly send: (item: Outgoing) => Promise<void>,
    private readonly tell: (item: Outgoing, delivery: Delivery) => void,
    private readonly onRefused: (error: Refused) => void,
  ) {}

  add(item: Outgoing): void {
    this.store.save([...this.store.load(), item]);
    this.tell(item, "sending");
    void this.flush();
  }

  /** Send all there is, what is added meanwhile included. */
  async flush(): Promise<void> {
    if (this.busy || this.closed) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let item = this.store.load()[0]; item && !this.closed; item = this.store.load()[0]) {
        this.tell(item, "sending");
        if (!(await this.deliver(item))) break;
      }
    } finally {
      this.busy = false;
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async deliver(item: Outgoing): Promise<boolean> {
    try {
      await this.send(item);
      this.pauses.reset();
    } catch (error) {
      if (!(error instanceof Refused) || error.passing) {
        for (const waiting of this.store.load()) this.tell(waiting, "waiting");
        const asked = error instanceof Refused ? error.retryAfter : null;
        this.timer = setTimeout(() => void this.flush(), asked ?? this.pauses.next());
        return false;
      }
      this.tell(item, "refused");
      this.onRefused(error);
    }
    this.store.save(this.store.load().filter((one) => one.id !== item.id));
    return true;
  }
}
