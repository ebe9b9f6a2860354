// Follows one chat for as long as it is open: replays what was missed, reconnects with growing, random pauses.

import { Backoff } from "./backoff";
import { eventsOf } from "./eventStream";
import { type ChatEvent, isLogged } from "./events";
import { Refused } from "./refused";

export type Link = "connecting" | "live" | "offline";

export interface Following {
  stop(): void;
}

export interface Follower {
  url: (after: number) => string;
  headers: Record<string, string>;
  /** The last sequence number that was taken in. */
  after: () => number;
  hear: (event: ChatEvent) => void;
  onLink: (link: Link) => void;
  /** The desk will not give this chat; false ends the following. */
  onRefused: (error: Refused) => boolean;
}

const SILENCE = 40_000;

/** Follow the log from what `after` says; `hear` gets each event, `onLink` each change of the line. */
export function followChat(follower: Follower): Following {
  let stopped = false;
  let current: AbortController | null = null;
  let wake: (() => void) | null = null;
  const pauses = new Backoff();

  const once = async (): Promise<void> => {
    const abort = new AbortController();
    current = abort;
    const response = await fetch(follower.url(follower.after()), {
      headers: { ...follower.headers, Accept: "text/event-stream" },
      signal: abort.signal,
      cache: "no-store",
    });
    if (!response.ok) throw await Refused.from(response);
    pauses.reset();
    follower.onLink("live");
    let quiet = setTimeout(() => abort.abort(), SILENCE);
    const alive = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => abort.abort(), SILENCE);
    };
    try {
      for await (const event of eventsOf<ChatEvent>(response, alive)) {
        follower.hear(event);
        // Something before this event is missing: ask again from what was taken in.
        if (event.type === "resync_required" || (isLogged(event) && follower.after() < event.seq)) return;
      }
    } finally {
      clearTimeout(quiet);
      abort.abort();
    }
  };

  const pause = (length: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, length);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        await once();
        if (!stopped) follower.onLink("connecting");
      } catch (error) {
        if (stopped) return;
        if (error instanceof Refused && !error.passing && !follower.onRefused(error)) return;
        follower.onLink("offline");
      }
      if (!stopped) await pause(pauses.next());
    }
  };

  const retryNow = () => {
    pauses.reset();
    wake?.();
  };
  const drop = () => {
    follower.onLink("offline");
    current?.abort();
  };
  globalThis.addEventListener?.("online", retryNow);
  globalThis.addEventListener?.("offline", drop);
  follower.onLink("connecting");
  void run();
  return {
    stop: () => {
      stopped = true;
      globalThis.removeEventListener?.("online", retryNow);
      globalThis.removeEventListener?.("offline", drop);
      current?.abort();
      wake?.();
    },
  };
}
