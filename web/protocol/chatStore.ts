// One chat as it is followed, for any kind of screen: changes that come in one burst are told of once.

import { advance, type ChatView, emptyView } from "./chatView";
import { type Following, followChat, type Link } from "./connection";
import type { TypingEvent } from "./events";
import type { Refused } from "./refused";

export interface Feed {
  url: (after: number) => string;
  headers: Record<string, string>;
  /** The desk refuses this chat for good; the following has ended. */
  onRefused: (error: Refused) => void;
  /** What to begin with when the desk was set back; an empty chat if it is not there. */
  restart?: () => ChatView;
}

/** In the background and in a hidden frame, where nothing is drawn, a burst lasts this many milliseconds. */
const HIDDEN_BURST = 100;
/** Nobody types for longer without a sign. */
const TYPING_LASTS = 6_000;

export class ChatStore {
  private latest: ChatView;
  private told: { view: ChatView; link: Link };
  private link: Link = "connecting";
  private readonly listeners = new Set<() => void>();
  private following: Following | null = null;
  private cancelBurst: (() => void) | null = null;
  private readonly typingEnds = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly feed: Feed,
    begin: ChatView = emptyView,
  ) {
    this.latest = begin;
    this.told = { view: begin, link: this.link };
  }

  /** The view as it was last told of; the same object until the next change. */
  readonly state = (): { view: ChatView; link: Link } => this.told;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (!this.following) this.follow();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.rest();
    };
  };

  /** Change the view by something that is not in the log, such as a message on its way. */
  change(how: (view: ChatView) => ChatView): void {
    this.latest = how(this.latest);
    this.tellSoon();
  }

  /** Follow once more what was refused. */
  followAgain(): void {
    if (this.listeners.size === 0) return;
    this.following?.stop();
    this.follow();
  }

  private follow(): void {
    this.following = followChat({
      url: this.feed.url,
      headers: this.feed.headers,
      after: () => this.latest.seq,
      hear: (event) => {
        this.change((view) => advance(view, event));
        if (event.type === "typing.start") this.endTyping({ ...event, type: "typing.stop" });
      },
      onLink: (link) => {
        this.link = link;
        this.tellSoon();
      },
      onRefused: (error) => {
        // The log is shorter than what we have seen: the desk was set back, so begin again.
        if (error.status === 400 && this.latest.seq > 0) {
          this.change(this.feed.restart ?? (() => emptyView));
          return true;
        }
        this.feed.onRefused(error);
        return false;
      },
    });
  }

  private rest(): void {
    this.following?.stop();
    this.following = null;
    this.cancelBurst?.();
    this.cancelBurst = null;
    for (const timer of this.typingEnds.values()) clearTimeout(timer);
    this.latest = { ...this.latest, typing: null, colleagues: [] };
    this.told = { view: this.latest, link: this.link };
  }

  private endTyping(stop: TypingEvent): void {
    const who = stop.agentId ?? "";
    clearTimeout(this.typingEnds.get(who));
    const end = () => this.change((view) => advance(view, stop));
    this.typingEnds.set(who, setTimeout(end, TYPING_LASTS));
  }

  private tellSoon(): void {
    if (this.cancelBurst) return;
    let frame = 0;
    const cancel = () => {
      clearTimeout(timer);
      if (frame) cancelAnimationFrame(frame);
      this.cancelBurst = null;
    };
    const tell = () => {
      cancel();
      this.told = { view: this.latest, link: this.link };
      for (const listener of this.listeners) listener();
    };
    const timer = setTimeout(tell, HIDDEN_BURST);
    if (globalThis.document?.visibilityState === "visible") frame = requestAnimationFrame(tell);
    this.cancelBurst = cancel;
  }
}
