// Up to when each chat was read in this browser; what a visitor wrote later is unread.

import { useSyncExternalStore } from "react";
import type { ChatRow } from "../../protocol/deskSocket";
import { keep, kept } from "./kept";

const KEY = "aichatdesk.seen";
const MOST = 500;

let seen = kept<Record<string, string>>(KEY, {});
const listeners = new Set<() => void>();

window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  seen = kept(KEY, {});
  for (const tell of listeners) tell();
});

export function markSeen(sessionId: string, at: string): void {
  if ((seen[sessionId] ?? "") >= at) return;
  const newest = Object.entries({ ...seen, [sessionId]: at }).sort((a, b) => b[1].localeCompare(a[1]));
  seen = Object.fromEntries(newest.slice(0, MOST));
  keep(KEY, seen);
  for (const tell of listeners) tell();
}

export function useSeen(): Record<string, string> {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => seen,
  );
}

export function isUnread(row: ChatRow, read: Record<string, string>): boolean {
  const said = row.lastMessage;
  return row.status !== "closed" && said?.sender === "user" && said.sentAt > (read[row.sessionId] ?? "");
}
