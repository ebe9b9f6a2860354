import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChatStore } from "./chatStore";
import { advance, type ChatView, emptyView, withOutgoing } from "./chatView";
import type { LoggedEvent } from "./events";
import { Outbox, type Outgoing } from "./outbox";
import { Refused } from "./refused";

const at = "2026-01-01T00:00:00.000Z";

/** How one connection goes wrong. */
interface Fault {
  kind: "unreachable" | "busy" | "cut" | "hole" | "repeats" | "silent" | "resync";
  /** Bytes, events or entries, as the kind has it. */
  amount: number;
}

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom("unreachable", "busy", "cut", "hole", "repeats", "silent", "resync"),
  amount: fc.nat(400),
});

/** A desk with one chat, reached over a line that fails as it is told, and then not any more. */
class BadLine {
  readonly log: LoggedEvent[] = [];
  private readonly open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  private readonly encoder = new TextEncoder();

  constructor(private readonly faults: Fault[]) {}

  add(event: object): void {
    const logged = { seq: this.log.length + 1, at, ...event } as LoggedEvent;
    this.log.push(logged);
    for (const one of this.open) one.enqueue(this.encoder.encode(written(logged)));
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const after = Number(new URL(url, "http://desk").searchParams.get("after"));
    if (after > this.log.length) return new Response("{}", { status: 400 });
    const fault = this.faults.shift();
    if (fault?.kind === "unreachable") throw new TypeError("no route");
    if (fault?.kind === "busy") return new Response("{}", { status: 503, headers: { "Retry-After": "1" } });
    const from = fault?.kind === "repeats" ? Math.max(0, after - (fault.amount % 9)) : after;
    let events = this.log.slice(from);
    if (fault?.kind === "hole") events = events.filter((_, place) => place !== fault.amount % 5);
    let bytes = this.encoder.encode(`: connected\n\n${events.map(written).join("")}`);
    if (fault?.kind === "cut") bytes = bytes.slice(0, fault.amount);
    if (fault?.kind === "resync") bytes = this.encoder.encode('data: {"type":"resync_required"}\n\n');
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        init.signal?.addEventListener("abort", () => {
          this.open.delete(controller);
          controller.error(new DOMException("aborted", "AbortError"));
        });
        // A byte at a time would be slow; seven do not meet any border either.
        for (let place = 0; place < bytes.length; place += 7)
          controller.enqueue(bytes.slice(place, place + 7));
        if (fault?.kind === "cut") controller.error(new TypeError("cut"));
        else if (fault?.kind !== "silent") this.open.add(controller);
      },
    });
    return new Response(body, { status: 200 });
  };
}

const written = (event: LoggedEvent) => `id: ${event.seq}\nevent: x\ndata: ${JSON.stringify(event)}\n\n`;
const said = (id: string, clientMessageId?: string) => ({
  type: "message",
  message: { id, chatId: "c", sender: "user", senderName: null, content: id, sentAt: at, clientMessageId },
});

function feed(onRefused = (_: Refused) => {}) {
  return { url: (after: number) => `/events?after=${after}`, headers: {}, onRefused };
}

async function until(done: () => boolean): Promise<void> {
  for (let times = 0; times < 200 && !done(); times++) await vi.advanceTimersByTimeAsync(5_000);
  expect(done()).toBe(true);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a chat is followed once and in order, whatever the line does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.array(fc.nat(4), { maxLength: 6 }),
      async (faults, turns) => {
        const desk = new BadLine(faults);
        vi.stubGlobal("fetch", desk.fetch);
        const store = new ChatStore(feed());
        const seen: ChatView[] = [];
        const leave = store.subscribe(() => seen.push(store.state().view));
        for (const [turn, sentences] of turns.entries()) {
          desk.add(said(`q${turn}`));
          desk.add({ type: "sources", messageId: `a${turn}`, questionId: null, sources: [] });
          for (let one = 0; one < sentences; one++)
            desk.add({ type: "sentence", messageId: `a${turn}`, text: `s${one}`, citations: [] });
          desk.add({
            type: "finished",
            messageId: `a${turn}`,
            confidence: 1,
            needsHuman: false,
            state: "complete",
          });
          await vi.advanceTimersByTimeAsync(sentences * 900);
        }
        await until(() => store.state().view.seq === desk.log.length);
        expect(store.state().view).toEqual(desk.log.reduce(advance, emptyView));
        for (const [place, view] of seen.entries()) {
          expect(view.seq).toBeGreaterThanOrEqual(seen[place - 1]?.seq ?? 0);
          expect(new Set(view.lines.map((line) => line.id)).size).toBe(view.lines.length);
        }
        leave();
      },
    ),
    { numRuns: 60 },
  );
});

test("a burst of events is told of once", async () => {
  const desk = new BadLine([]);
  for (let one = 0; one < 50; one++) desk.add(said(`m${one}`));
  vi.stubGlobal("fetch", desk.fetch);
  const store = new ChatStore(feed());
  let told = 0;
  const leave = store.subscribe(() => told++);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.state().view.lines).toHaveLength(50);
  expect(told).toBeLessThanOrEqual(2);
  leave();
});

test("a desk that was set back is read anew, and what was not sent is still there", async () => {
  const desk = new BadLine([]);
  for (let one = 0; one < 3; one++) desk.add(said(`m${one}`));
  vi.stubGlobal("fetch", desk.fetch);
  const unsent = withOutgoing(emptyView, "waits", "waits", "waiting");
  const store = new ChatStore({ ...feed(), restart: () => unsent }, { ...unsent, seq: 9 });
  const leave = store.subscribe(() => {});
  await until(() => store.state().view.seq === 3);
  expect(store.state().view.lines.map((line) => line.id)).toEqual(["waits", "m0", "m1", "m2"]);
  leave();
});

test("a chat that the desk does not know is not asked for again", async () => {
  let asked = 0;
  vi.stubGlobal("fetch", async () => {
    asked++;
    return new Response('{"error":"gone"}', { status: 404 });
  });
  const refused: number[] = [];
  const store = new ChatStore(feed((error) => refused.push(error.status)));
  const leave = store.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(120_000);
  expect(refused).toEqual([404]);
  expect(asked).toBe(1);
  leave();
});

type Outcome = "kept" | "lost" | "reply lost" | "busy" | "wait" | "refused";
const outcomes = fc.array(fc.constantFrom<Outcome>("kept", "lost", "reply lost", "busy", "wait", "refused"), {
  maxLength: 25,
});

test("every message reaches the desk once and in order, over lost replies and reloads", async () => {
  await fc.assert(
    fc.asyncProperty(
      outcomes,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
      async (plan, reloads) => {
        const desk = new BadLine([]);
        vi.stubGlobal("fetch", desk.fetch);
        const refused = new Set<string>();
        const left = [...plan];
        let kept: string | null = null;
        const storage = {
          load: () => JSON.parse(kept ?? "[]") as Outgoing[],
          save: (items: Outgoing[]) => {
            kept = JSON.stringify(items);
          },
        };
        const send = async ({ id, attachments }: Outgoing) => {
          const outcome = left.shift() ?? "kept";
          if (outcome === "lost") throw new TypeError("no route");
          if (outcome === "busy") throw new Refused(503, "busy");
          if (outcome === "wait") throw new Refused(429, "slow down", 2_000);
          const known = desk.log.some((one) => one.type === "message" && one.message.clientMessageId === id);
          if (outcome === "refused" && !known) {
            refused.add(id);
            throw new Refused(400, "no");
          }
          expect(attachments).toHaveLength(1);
          if (!known) desk.add(said(`m-${id}`, id));
          if (outcome === "reply lost") throw new TypeError("cut");
        };
        const open = () => {
          const begin = storage
            .load()
            .reduce((view, one) => withOutgoing(view, one.id, one.text, "waiting"), emptyView);
          const store = new ChatStore(feed(), begin);
          const leave = store.subscribe(() => {});
          const tell = (item: Outgoing, delivery: "sending" | "waiting" | "refused") =>
            store.change((view) => withOutgoing(view, item.id, item.text, delivery));
          return { store, leave, box: new Outbox(storage, send, tell, () => {}) };
        };
        let page = open();
        const ids = reloads.map((_, place) => `${place}`);
        for (const [place, reload] of reloads.entries()) {
          const file = { filename: "a.png", url: "/uploads/a.png", type: "image/png" };
          page.box.add({ id: `${place}`, text: `${place}`, attachments: [file] });
          await vi.advanceTimersByTimeAsync(place * 70);
          if (!reload) continue;
          page.leave();
          page.box.close();
          page = open();
          void page.box.flush();
        }
        await until(() => storage.load().length === 0);
        await vi.advanceTimersByTimeAsync(1_000);
        const expected = ids.filter((id) => !refused.has(id));
        const arrived = desk.log.flatMap((one) =>
          one.type === "message" ? [one.message.clientMessageId] : [],
        );
        expect(arrived).toEqual(expected);
        const sent = page.store
          .state()
          .view.lines.filter((line) => line.kind === "visitor" && line.state === "sent");
        expect(sent.map((line) => line.id)).toEqual(expected);
        page.leave();
        page.box.close();
      },
    ),
    { numRuns: 60 },
  );
});
