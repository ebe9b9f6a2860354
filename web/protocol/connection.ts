// Follows one chat for as long as it is open: replays what was missed, reconnects with growing, random pauses.

import { eventsOf } from "./eventStream";
import type { ChatEvent } from "./events";

export type Link = "connecting" | "live" | "offline";

export interface Following {
  stop(): void;
}

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 10_000;
const SILENCE = 40_000;

/** Follow the log at `url` from what `after` says; `hear` gets each event, `onLink` each change of the line. */
export function followChat(options: {
  url: (after: number) => string;
  headers: Record<string, string>;
  after: () => number;
  hear: (event: ChatEvent) => void;
  onLink: (link: Link) => void;
}): Following {
  let stopped = false;
  let pause = FIRST_PAUSE;
  let current: AbortController | null = null;
  let wake: (() => void) | null = null;

  const once = async (): Promise<void> => {
    const abort = new AbortController();
    current = abort;
    const response = await fetch(options.url(options.after()), {
      headers: { ...options.headers, Accept: "text/event-stream" },
      signal: abort.signal,
      cache: "no-store",
    });
    if (!response.ok) throw new Error(String(response.status));
    pause = FIRST_PAUSE;
    options.onLink("live");
    let quiet = setTimeout(() => abort.abort(), SILENCE);
    try {
      for await (const event of eventsOf<ChatEvent>(response)) {
        clearTimeout(quiet);
        quiet = setTimeout(() => abort.abort(), SILENCE);
        options.hear(event);
        if (event.type === "resync_required") return;
      }
    } finally {
      clearTimeout(quiet);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        await once();
      } catch {
        if (!stopped) options.onLink("offline");
      }
      if (stopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Math.random() * pause + 100);
      });
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  };

  const retryNow = () => {
    pause = FIRST_PAUSE;
    wake?.();
  };
  const drop = () => {
    options.onLink("offline");
    current?.abort();
  };
  globalThis.addEventListener?.("online", retryNow);
  globalThis.addEventListener?.("offline", drop);
  options.onLink("connecting");
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
