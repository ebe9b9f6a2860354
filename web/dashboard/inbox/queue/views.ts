// Which chats stand in which view, and in what order.

import type { ChatRow } from "../../../protocol/deskSocket";

export const VIEWS = ["mine", "unassigned", "all", "closed"] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_NAMES: Record<View, string> = {
  mine: "Mine",
  unassigned: "Unassigned",
  all: "All",
  closed: "Closed",
};

const URGENCY: Record<ChatRow["priority"], number> = { high: 0, medium: 1, low: 2 };

export function isIn(view: View, row: ChatRow, me: string): boolean {
  if (view === "closed") return row.status === "closed";
  if (row.status === "closed") return false;
  if (view === "mine") return row.assignedAgent?._id === me;
  return view === "all" || !row.assignedAgent;
}

/** Those that wait stand first, the most urgent and then the longest wait before; then what was said last. */
export function inOrder(rows: readonly ChatRow[]): ChatRow[] {
  return [...rows].sort((a, b) => {
    const waits = Number(b.status === "waiting") - Number(a.status === "waiting");
    if (waits) return waits;
    if (a.status === "waiting")
      return URGENCY[a.priority] - URGENCY[b.priority] || waitsSince(a).localeCompare(waitsSince(b));
    return lastMoment(b).localeCompare(lastMoment(a));
  });
}

export function waitsSince(row: ChatRow): string {
  return row.waitingSince ?? row.startedAt;
}

export function lastMoment(row: ChatRow): string {
  if (row.status === "closed" && row.endedAt) return row.endedAt;
  return row.lastMessage?.sentAt ?? row.startedAt;
}
