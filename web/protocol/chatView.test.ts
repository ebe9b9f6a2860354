import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, emptyView } from "./chatView";
import { EventStreamParser } from "./eventStream";
import type { LoggedEvent } from "./events";

const at = "2026-01-01T00:00:00.000Z";

/** A whole chat, told as a log. */
function story(turns: number): LoggedEvent[] {
  const log: LoggedEvent[] = [];
  const add = (event: object) => log.push({ seq: log.length + 1, at, ...event } as LoggedEvent);
  for (let turn = 0; turn < turns; turn++) {
    const base = { chatId: "c", senderName: null, sentAt: at };
    add({ type: "message", message: { ...base, id: `m${turn}`, sender: "user", content: `q${turn}` } });
    add({ type: "sources", messageId: `a${turn}`, questionId: null, sources: [] });
    add({ type: "sentence", messageId: `a${turn}`, text: `s${turn}`, citations: [] });
    add({ type: "finished", messageId: `a${turn}`, confidence: 0.9, needsHuman: false, state: "complete" });
  }
  add({ type: "handed_over", reason: "visitor_asked" });
  add({ type: "agent_joined", agentName: "Kim" });
  return log;
}

const fold = (events: LoggedEvent[]) => events.reduce(advance, emptyView);

test("events that come twice, from several connections, give the same view as the log once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(30), { maxLength: 12 }), (turns, resumes) => {
      const log = story(turns);
      let view = emptyView;
      for (const point of resumes) {
        const from = Math.min(point, view.seq);
        for (const event of log.slice(from, from + 7)) view = advance(view, event);
      }
      for (const event of log.slice(view.seq)) view = advance(view, event);
      expect(view).toEqual(fold(log));
    }),
  );
});

test("an event that does not follow the last one is not shown but asked for", () => {
  const log = story(1);
  const [first, , third] = log;
  if (!first || !third) throw new Error("the story is too short");
  const view = advance(advance(emptyView, first), third);
  expect(view.gap).toBe(true);
  expect(view.lines).toHaveLength(1);
});

test("an event stream is read the same however it is cut", () => {
  const text = 'id: 1\ndata: {"a":"é"}\n\n: ping\n\nevent: x\r\ndata: one\r\ndata: two\r\n\r\n';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
      const parser = new EventStreamParser();
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      const found = places.slice(1).flatMap((end, i) => parser.feed(text.slice(places[i], end)));
      expect(found).toEqual(['{"a":"é"}', "one\ntwo"]);
    }),
  );
});

test("an event of a kind that this page does not know leaves no gap and changes nothing else", () => {
  const log = story(1);
  const later = { type: "from_the_future", seq: log.length + 1, at } as unknown as LoggedEvent;
  const ended: LoggedEvent = { type: "ended", by: "agent", seq: log.length + 2, at };
  const view = fold([...log, later, ended]);
  expect(view.gap).toBe(false);
  expect(view.seq).toBe(log.length + 2);
  expect(view.lines.length).toBe(fold(log).lines.length + 1);
});
