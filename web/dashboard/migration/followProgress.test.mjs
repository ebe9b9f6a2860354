// A real server on the loopback; in plain JavaScript, because the dashboard knows no types of Node.

import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { followProgress } from "./followProgress";

const open = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(listener) {
  const server = createServer(listener);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/work`;
}

async function followed(address, stream) {
  const heard = [];
  let missed = 0;
  const hear = { state: (state) => heard.push(state), missed: () => missed++ };
  await followProgress({ address, stream, every: 1 }, hear, AbortSignal.timeout(8_000));
  return { heard, missed };
}

const state = (done) => ({ running: done < 3, done, total: 3 });

test("work that is asked for again and again is followed to its end, over answers that fail", async () => {
  const answers = [state(1), null, "no json", state(3)];
  const address = await serve((_, reply) => {
    const next = answers.shift();
    if (next === null) reply.writeHead(503);
    reply.end(typeof next === "string" ? next : JSON.stringify(next));
  });
  expect(await followed(address, false)).toEqual({ heard: [state(1), state(3)], missed: 2 });
});

test("a stream that breaks is taken up again", async () => {
  let times = 0;
  const address = await serve((request, reply) => {
    expect(request.headers.accept).toBe("text/event-stream");
    const steps = times++ === 0 ? [1, 2] : [2, 3];
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const step of steps) reply.write(`data: ${JSON.stringify(state(step))}\n\n`);
    reply.end();
  });
  expect((await followed(address, true)).heard.map((one) => one.done)).toEqual([1, 2, 2, 3]);
});

test("nobody is asked after the page was left", async () => {
  let asked = 0;
  const end = new AbortController();
  const address = await serve((_, reply) => {
    asked++;
    reply.end(JSON.stringify(state(1)));
    end.abort();
  });
  await followProgress({ address, every: 1 }, { state: () => {}, missed: () => {} }, end.signal);
  expect(asked).toBe(1);
});

test("what the desk refuses is not asked for again", async () => {
  let asked = 0;
  const address = await serve((_, reply) => {
    asked++;
    reply.writeHead(404).end(JSON.stringify({ error: "There is no such work." }));
  });
  await expect(followed(address, false)).rejects.toThrow("There is no such work.");
  expect(asked).toBe(1);
});
