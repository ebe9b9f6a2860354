// Follows long work of the desk until it is done: by its event stream if it has one, else by asking again.

import { Backoff } from "../../protocol/backoff";
import { eventsOf } from "../../protocol/eventStream";
import { Refused } from "../../protocol/refused";
import { fetchAsAgent } from "../api/call";
import type { WorkState } from "../charts/WorkProgress";

export interface WorkSource {
  /** Answers with a `WorkState`; with `Accept: text/event-stream` with one for each change, if `stream` is set. */
  address: string;
  stream?: boolean;
  /** Milliseconds between two questions. */
  every?: number;
}

export interface Hear {
  state: (state: WorkState) => void;
  /** The desk did not answer, and is asked again. */
  missed: () => void;
}

const USUAL = 2_000;

/** Follow until the work no longer runs or the signal ends it; what is lost on the way is asked for again.
 *
 * Throws `Refused` for what the desk would refuse again.
 */
export async function followProgress(source: WorkSource, hear: Hear, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    try {
      if (await readOnce(source, hear, signal)) return;
      backoff.reset();
      await pause(source.every ?? USUAL, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!mayPass(error)) throw error;
      hear.missed();
      await pause(backoff.next(), signal);
    }
  }
}

/** No connection, half an answer, or a desk that has too much to do. */
function mayPass(error: unknown): boolean {
  return error instanceof Refused
    ? error.passing
    : error instanceof TypeError || error instanceof SyntaxError;
}

/** True when the work is done. */
async function readOnce(source: WorkSource, hear: Hear, signal: AbortSignal): Promise<boolean> {
  const headers = { Accept: source.stream ? "text/event-stream" : "application/json" };
  const reply = await fetchAsAgent(source.address, { headers, signal });
  if (!reply.ok) throw await Refused.from(reply);
  if (!source.stream) {
    const state = (await reply.json()) as WorkState;
    hear.state(state);
    return !state.running;
  }
  for await (const state of eventsOf<WorkState>(reply)) {
    hear.state(state);
    if (!state.running) return true;
  }
  return false;
}

function pause(length: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, length);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });
}
