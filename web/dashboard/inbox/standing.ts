// Where a chat stands, as one agent sees it.

import type { ChatRow } from "../../protocol/deskSocket";

/** `offered` waits for one agent by name; whoever takes it first has it. */
export type Standing = "closed" | "waiting" | "offered" | "mine" | "colleague" | "assistant";

export function standingOf(row: ChatRow, me: string): Standing {
  if (row.status === "closed") return "closed";
  if (row.status === "waiting") return row.assignedAgent ? "offered" : "waiting";
  if (row.mode === "ai") return "assistant";
  return row.assignedAgent?._id === me ? "mine" : row.assignedAgent ? "colleague" : "waiting";
}

export function standingWords(row: ChatRow, me: string): string {
  const name = row.assignedAgent?.name ?? "";
  switch (standingOf(row, me)) {
    case "closed":
      return "Closed";
    case "waiting":
      return "Waiting";
    case "offered":
      return row.assignedAgent?._id === me ? "Waits for you" : `Waits for ${name}`;
    case "mine":
      return "With you";
    case "colleague":
      return `With ${name}`;
    case "assistant":
      return "Assistant";
  }
}
