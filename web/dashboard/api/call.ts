// Every request of the dashboard; the browser's cookie says who is asking.

import type { paths } from "../../protocol/openapi";
import { Refused } from "../../protocol/refused";
import { endSession, presentSession } from "./endedSession";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Known<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

/** The query string and the values of the `{places}` in a path. */
export interface Given {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: object;
  signal?: AbortSignal;
}

/** Ask the desk; the path is one of its API's description, so a wrong one does not compile.
 *
 * What meets a session that has ended waits until its owner is signed in again.
 * Each throws `Refused` for an answer that is an error, and `TypeError` where there is no answer.
 */
export const ask = {
  get: <T>(path: Known<"get">, given?: Given) => send<T>("get", path, given),
  post: <T>(path: Known<"post">, given?: Given) => send<T>("post", path, given),
  put: <T>(path: Known<"put">, given?: Given) => send<T>("put", path, given),
  patch: <T>(path: Known<"patch">, given?: Given) => send<T>("patch", path, given),
  delete: <T>(path: Known<"delete">, given?: Given) => send<T>("delete", path, given),
};

// Where 401 means that a password was wrong, or that nobody is signed in, and not that the session has ended.
const TELL_WHO_ASKS = ["/api/agents/login", "/api/agents/change-password", "/api/agents/me"];

async function send<T>(method: Method, path: string, given: Given = {}): Promise<T> {
  const init: RequestInit = { method: method.toUpperCase(), ...(given.signal && { signal: given.signal }) };
  if (given.body instanceof FormData) init.body = given.body;
  else if (given.body) {
    init.body = JSON.stringify(given.body);
    init.headers = { "Content-Type": "application/json" };
  }
  const address = addressOf(path, given);
  const reply = TELL_WHO_ASKS.includes(path) ? await fetch(address, init) : await fetchAsAgent(address, init);
  if (!reply.ok) throw await Refused.from(reply);
  if (reply.status === 204) return undefined as T;
  return (await reply.json()) as T;
}

/** `fetch` for whoever is signed in; if the session has ended, once more after its owner is back. */
export async function fetchAsAgent(address: string, init: RequestInit): Promise<Response> {
  const sentIn = presentSession();
  const reply = await fetch(address, init);
  return reply.status === 401 && (await endSession(sentIn)) ? fetch(address, init) : reply;
}

/** A path with its places and its query filled in. */
export function addressOf(path: string, { path: places = {}, query = {} }: Given): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(places[name] ?? ""));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== "") asked.set(name, String(value));
  return asked.size > 0 ? `${filled}?${asked}` : filled;
}

/** What to tell a person of something that went wrong. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return "The desk does not answer. Check the connection; your text is kept.";
}
