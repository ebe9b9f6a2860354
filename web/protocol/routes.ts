// The desk's routes as the API's description has them: what each takes, and what it answers with.

import type { paths } from "./openapi";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that a method is for. */
export type Route<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type Operation<M extends Method, P extends Route<M>> = paths[P] extends Record<M, infer O> ? O : never;

type Parameters<O> = O extends { parameters: infer Named }
  ? Pick<Named, keyof Named & ("path" | "query")>
  : object;

type Body<O> = O extends { requestBody: { content: { "application/json": infer Wanted } } }
  ? { body: Wanted }
  : O extends { requestBody?: { content: { "application/json": infer Wanted } } }
    ? { body?: Wanted }
    : object;

/** The values of the `{places}` in a path, the query string and the body. */
export type Given<M extends Method, P extends Route<M>> = Parameters<Operation<M, P>> & Body<Operation<M, P>>;

type Done = 200 | 201 | 202 | 204;
type Content<R> = R extends { content: { "application/json": infer Told } } ? Told : undefined;

/** What a route answers with where it has done what it was asked. */
export type Reply<M extends Method, P extends Route<M>> =
  Operation<M, P> extends { responses: infer R }
    ? { [S in keyof R]: S extends Done ? Content<R[S]> : never }[keyof R]
    : never;

/** What a request is made of, whatever the route. */
export interface Values {
  path?: Readonly<Record<string, string | number>>;
  query?: Readonly<Record<string, Value | readonly Value[]>>;
  body?: unknown;
}

type Value = string | number | boolean | null | undefined;

/** A path with its places and its query filled in; what is empty is not asked for. */
export function addressOf(path: string, { path: places = {}, query = {} }: Values): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(places[name] ?? ""));
  const asked = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat())
      if (value !== null && value !== undefined && value !== "") asked.append(name, String(value));
  return asked.size > 0 ? `${filled}?${asked}` : filled;
}
