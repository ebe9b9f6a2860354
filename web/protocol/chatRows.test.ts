import fc from "fast-check";
import { expect, test } from "vitest";
import { advanceRows, mergeRows } from "./chatRows";
import type { ChatRow, DeskFrame } from "./deskSocket";

const moment = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function row(sessionId: string, seq: number, more: Partial<ChatRow> = {}): ChatRow {
  return {
    _id: sessionId,
    sessionId,
    userName: "Ann",
    userEmail: "",
    category: "general",
    ticketType: "chat",
    createdAt: moment(0),
    status: "active",
    mode: "ai",
    waitTime: 0,
    startedAt: moment(0),
    updatedAt: moment(seq),
    priority: "medium",
    metadata: {},
    seq,
    ...more,
  };
}

/** What happens to one chat, as the desk knows it: after each step its row as a list would have it. */
type Step = "message" | "label" | "hand over" | "join" | "close";
interface Known {
  frame: DeskFrame;
  listed: ChatRow;
}

const aboutOf = (sessionId: string, seq: number) => ({
  sessionId,
  chatId: sessionId,
  seq,
  timestamp: moment(seq),
});

function history(sessionId: string, steps: Step[]): Known[] {
  let state: Partial<ChatRow> = {};
  const known: Known[] = [];
  steps.forEach((step, place) => {
    const seq = place + 2;
    const about = aboutOf(sessionId, seq);
    const { waitingSince: _since, lastMessage: _words, ...bare } = state;
    const listed = () => row(sessionId, seq, state);
    const updated = (event: string): DeskFrame => ({
      type: "dashboard.chat.updated",
      ...about,
      event,
      chat: row(sessionId, seq, { ...bare, status: state.status ?? "active" }),
    });
    if (step === "message") {
      const said = { sender: "user" as const, content: `words ${seq}`, sentAt: moment(seq) };
      state = { ...state, lastMessage: said };
      const message = { id: `m${seq}`, chatId: sessionId, senderName: null, attachments: [], ...said };
      known.push({ frame: { type: "dashboard.message.new", ...about, message }, listed: listed() });
    } else if (step === "close") {
      const { waitingSince: _, ...rest } = state;
      state = { ...rest, status: "closed" };
      known.push({ frame: { type: "dashboard.chat.closed", ...about }, listed: listed() });
    } else if (step === "hand over") {
      state = { ...state, status: "waiting", waitingSince: moment(seq) };
      known.push({ frame: updated("handed_over"), listed: listed() });
    } else if (step === "join") {
      const { waitingSince: _, ...rest } = state;
      state = { ...rest, status: "active" };
      known.push({ frame: updated("agent_joined"), listed: listed() });
    } else known.push({ frame: updated("labelled"), listed: listed() });
  });
  return known;
}

const steps = fc.array(fc.constantFrom<Step>("message", "label", "hand over", "join", "close"), {
  minLength: 1,
  maxLength: 12,
});
const seen = (one: ChatRow | undefined) => ({
  status: one?.status,
  words: one?.lastMessage?.content,
  since: one?.waitingSince,
});

test("a list that comes late never sets back what frames have told", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.tuple(fc.nat(12), fc.nat(12))), (happens, fetches) => {
      const known = history("a", happens);
      let rows: readonly ChatRow[] = [row("a", 1)];
      known.forEach(({ frame, listed }, place) => {
        rows = advanceRows(advanceRows(rows, frame), frame);
        for (const [arrives, read] of fetches)
          if (arrives === place && read <= place)
            rows = mergeRows(rows, [known[read]?.listed ?? row("a", 1)]);
        expect(seen(rows[0])).toEqual(seen(listed));
      });
    }),
  );
});

test("what was missed while the line was down is there after the next list", () => {
  fc.assert(
    fc.property(steps, fc.nat(12), fc.nat(12), (happens, from, length) => {
      const known = history("a", happens);
      const heard = known.filter((_, place) => place < from || place >= from + length);
      let rows: readonly ChatRow[] = [row("a", 1)];
      for (const { frame } of heard) rows = advanceRows(rows, frame);
      const last = known.at(-1)?.listed;
      rows = mergeRows(rows, last ? [last] : []);
      expect(seen(rows[0])).toEqual(seen(last));
    }),
  );
});

test("a list that was read before frames came and arrives after them loses nothing", () => {
  fc.assert(
    fc.property(steps, fc.nat(12), fc.nat(12), fc.boolean(), (happens, askedAt, length, deleted) => {
      const known = history("a", happens);
      // The chat begins, and may be deleted, while the list is on its way.
      const frames: DeskFrame[] = [
        { type: "dashboard.chat.created", ...aboutOf("a", 1), chat: row("a", 1) },
        ...known.map(({ frame }) => frame),
        ...(deleted ? [{ type: "dashboard.chat.deleted" as const, ...aboutOf("a", 99) }] : []),
      ];
      const lists = [[], [row("a", 1)], ...known.map(({ listed }) => [listed]), []];
      const from = Math.min(askedAt, frames.length);
      let rows: readonly ChatRow[] = frames.slice(0, from).reduce(advanceRows, [] as readonly ChatRow[]);
      const during = frames.slice(from, from + length);
      rows = during.reduce(advanceRows, rows);
      rows = mergeRows(rows, lists[from] ?? [], during);
      rows = frames.slice(from + length).reduce(advanceRows, rows);
      expect(rows.map(seen)).toEqual(deleted ? [] : [seen(known.at(-1)?.listed)]);
    }),
  );
});

test("chats do not mix: each moves on as if it were alone", () => {
  fc.assert(
    fc.property(steps, steps, fc.array(fc.boolean(), { maxLength: 24 }), (one, other, order) => {
      const left = history("a", one);
      const right = history("b", other);
      let rows: readonly ChatRow[] = [row("a", 1), row("b", 1)];
      const take = (from: Known[]) => {
        const next = from.shift();
        if (next) rows = advanceRows(rows, next.frame);
      };
      const ends = [left.at(-1)?.listed, right.at(-1)?.listed];
      for (const first of order) take(first ? left : right);
      while (left.length + right.length > 0) take(left.length > 0 ? left : right);
      expect(
        [rows.find((r) => r.sessionId === "a"), rows.find((r) => r.sessionId === "b")].map(seen),
      ).toEqual(ends.map(seen));
    }),
  );
});

test("a new chat comes first, a deleted one is gone, and a frame about neither changes nothing", () => {
  const rows = [row("a", 1)];
  const more = advanceRows(rows, {
    type: "dashboard.chat.created",
    ...aboutOf("b", 1),
    chat: row("b", 1),
  });
  expect(more.map((one) => one.sessionId)).toEqual(["b", "a"]);
  const less = advanceRows(more, { type: "dashboard.chat.deleted", ...aboutOf("b", 2) });
  expect(less.map((one) => one.sessionId)).toEqual(["a"]);
  expect(advanceRows(rows, { type: "dashboard.chat.closed", ...aboutOf("c", 1) })).toBe(rows);
  expect(advanceRows(rows, { type: "dashboard.chat.looking", sessionId: "a", agents: [] })).toBe(rows);
});
