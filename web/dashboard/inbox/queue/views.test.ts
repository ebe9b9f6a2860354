import { expect, test } from "vitest";
import type { ChatRow } from "../../../protocol/deskSocket";
import { inOrder, isIn, VIEWS, type View } from "./views";

function row(sessionId: string, more: Partial<ChatRow> = {}): ChatRow {
  return {
    _id: sessionId,
    sessionId,
    userName: "Ann",
    userEmail: "",
    category: "general",
    ticketType: "chat",
    createdAt: "2026-01-01T00:00:00.000Z",
    status: "active",
    mode: "human",
    waitTime: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    priority: "medium",
    metadata: {},
    seq: 1,
    ...more,
  };
}

const kim = { _id: "kim", name: "Kim" };

test.each<[string, Partial<ChatRow>, View[]]>([
  ["one of my own", { assignedAgent: kim }, ["mine", "all"]],
  ["one that waits for me", { assignedAgent: kim, status: "waiting" }, ["mine", "all"]],
  ["one of a colleague", { assignedAgent: { _id: "lee", name: "Lee" } }, ["all"]],
  ["one that waits for anybody", { status: "waiting" }, ["unassigned", "all"]],
  ["one with the assistant", { mode: "ai", assignedAgent: null }, ["unassigned", "all"]],
  ["a closed one of my own", { status: "closed", assignedAgent: kim }, ["closed"]],
])("%s stands where it belongs", (_name, more, expected) => {
  expect(VIEWS.filter((view) => isIn(view, row("a", more), "kim"))).toEqual(expected);
});

test("who waits stands first: the urgent, then the longest wait; then the last that was said", () => {
  const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
  const said = (minute: number) => ({ sender: "user" as const, content: "x", sentAt: at(minute) });
  const rows = [
    row("quiet"),
    row("talks", { lastMessage: said(9) }),
    row("waits late", { status: "waiting", waitingSince: at(8) }),
    row("waits long", { status: "waiting", waitingSince: at(1) }),
    row("urgent", { status: "waiting", waitingSince: at(9), priority: "high" }),
  ];
  expect(inOrder(rows).map((one) => one.sessionId)).toEqual([
    "urgent",
    "waits long",
    "waits late",
    "talks",
    "quiet",
  ]);
});
