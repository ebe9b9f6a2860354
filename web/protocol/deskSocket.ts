// What happens at the whole desk, over one socket per tab: reconnects by itself and says when something was missed.

import { Backoff } from "./backoff";
import type { components } from "./openapi";

type Shapes = components["schemas"];

/** A chat as lists show it. */
export type ChatRow = Shapes["ChatRow"];
export type LastMessage = Shapes["LastMessage"];
export type ShownMessage = Shapes["SentMessage"];

export type DeskFrame = Exclude<Shapes["DeskFrame"], Shapes["ErrorFrame"]>;

export type DeskLink = "connecting" | "live" | "offline";

export interface DeskListener {
  hear: (frame: DeskFrame) => void;
  onLink: (link: DeskLink) => void;
  /** Frames may have been missed: look at everything again. */
  onMissed: () => void;
  onSignedOut: () => void;
}

/** The desk does not say when it has begun to tell; after this many milliseconds it has. */
const BEGINS_WITHIN = 1_500;
const SIGNED_OUT = new Set([4401, 4403]);

/** Listen until the returned function is called. */
export function listenToDesk(url: string, listener: DeskListener): () => void {
  let stopped = false;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begun: ReturnType<typeof setTimeout> | undefined;
  const pauses = new Backoff();

  const connect = () => {
    if (stopped) return;
    const opened = new WebSocket(url);
    socket = opened;
    opened.onopen = () => {
      opened.send(JSON.stringify({ type: "dashboard.connect" }));
      pauses.reset();
      listener.onLink("live");
      listener.onMissed();
      clearTimeout(begun);
      begun = setTimeout(listener.onMissed, BEGINS_WITHIN);
    };
    opened.onmessage = (event: MessageEvent<string>) => {
      const frame = JSON.parse(event.data) as Shapes["DeskFrame"];
      if (frame.type !== "error") listener.hear(frame);
      else if (frame.code === "unauthenticated" || frame.code === "forbidden") listener.onSignedOut();
    };
    opened.onclose = (event) => {
      if (stopped || socket !== opened) return;
      clearTimeout(begun);
      if (SIGNED_OUT.has(event.code)) return listener.onSignedOut();
      listener.onLink("offline");
      timer = setTimeout(connect, pauses.next());
    };
  };
  const retryNow = () => {
    if (socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(timer);
    pauses.reset();
    connect();
  };
  const drop = () => socket?.close();
  globalThis.addEventListener?.("online", retryNow);
  globalThis.addEventListener?.("offline", drop);
  listener.onLink("connecting");
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearTimeout(begun);
    globalThis.removeEventListener?.("online", retryNow);
    globalThis.removeEventListener?.("offline", drop);
    socket?.close();
  };
}
