// Hears over the socket that something changed, and looks now and then in case it did not.

import { useEffect } from "preact/hooks";

const LOOK_EVERY = 15_000;
const LONGEST_PAUSE = 15_000;
const SETTLE = 150;

export function useDesk(onNews: () => void): void {
  useEffect(() => {
    let stopped = false;
    let socket: WebSocket | null = null;
    let pause = 500;
    let soon: ReturnType<typeof setTimeout> | undefined;

    const news = () => {
      clearTimeout(soon);
      soon = setTimeout(onNews, SETTLE);
    };
    const connect = () => {
      if (stopped) return;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      socket = new WebSocket(`${scheme}//${location.host}/ws`);
      socket.onopen = () => {
        pause = 500;
        socket?.send(JSON.stringify({ type: "dashboard.connect" }));
        news();
      };
      socket.onmessage = news;
      socket.onclose = () => {
        setTimeout(connect, Math.random() * pause + 200);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      };
    };
    connect();
    const timer = setInterval(onNews, LOOK_EVERY);
    return () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      socket?.close();
    };
  }, [onNews]);
}
