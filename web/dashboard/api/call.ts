// Every request of the dashboard; the browser's cookie says who is asking.

import { Refused } from "../../protocol/refused";
import {
  addressOf,
  type Given,
  type Method,
  type Reply,
  type Route,
  type Values,
} from "../../protocol/routes";
import { endSession, presentSession } from "./endedSession";

type Cancellable = { signal?: AbortSignal };
/** What a route needs nothing of may be left out. */
type IfNeeded<T> = Record<never, never> extends T ? [given?: T] : [given: T];

/** Ask the desk; the API's description says what a path takes and answers, so that a wrong call does not compile.
 *
 * What meets a session that has ended waits until its owner is signed in again.
 * Each throws `Refused` for an answer that is an error, and `TypeError` where there is no answer.
 */
export const ask = {
  get: asking("get"),
  post: asking("post"),
  put: asking("put"),
  patch: asking("patch"),
  delete: asking("delete"),
};

function asking<M extends Method>(method: M) {
  return <P extends Route<M>>(path: P, ...[given]: IfNeeded<Given<M, P> & Cancellable>) =>
    send(method, path, given) as Promise<Reply<M, P>>;
}

// Where 401 means that a password was wrong, or that nobody is signed in, and not that the session has ended.
const TELL_WHO_ASKS = ["/api/agents/login", "/api/agents/change-password", "/api/agents/me"];

async function send(method: Method, path: string, given: Values & Cancellable = {}): Promise<unknown> {
  const init: RequestInit = { method: method.toUpperCase(), ...(given.signal && { signal: given.signal }) };
  if (given.body !== undefined) {
    init.body = JSON.stringify(given.body);
    init.headers = { "Content-Type": "application/json" };
  }
  const address = addressOf(path, given);
  const reply = TELL_WHO_ASKS.includes(path) ? await fetch(address, init) : await fetchAsAgent(address, init);
  if (!reply.ok) throw await Refused.from(reply);
  return reply.status === 204 ? undefined : await reply.json();
}

/** `fetch` for whoever is signed in; if the session has ended, once more after its owner is back. */
export async function fetchAsAgent(address: string, init: RequestInit): Promise<Response> {
  const sentIn = presentSession();
  const reply = await fetch(address, init);
  return reply.status === 401 && (await endSession(sentIn)) ? fetch(address, init) : reply;
}

/** What to tell a person of something that went wrong. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return "The desk does not answer. Check the connection; your text is kept.";
}
