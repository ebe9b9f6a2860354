import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { components } from "../../protocol/openapi";
import { Refused } from "../../protocol/refused";
import { ask } from "./call";
import { endSession, presentSession } from "./endedSession";

type Shapes = components["schemas"];

export type Role = Shapes["Role"];

/** Who is signed in; signing in tells less than asking does. */
export type Me = Shapes["Account"] & Partial<Shapes["FullAccount"]>;

export const ME = ["me"];

/** What anybody may read; a page that nobody is signed in to may be waiting for it. */
const PUBLIC: ReadonlySet<unknown> = new Set(["me", "setup", "invite"]);

const forgetters = new Set<() => void>();

/** Have something else forgotten together with the account that has read it. */
export function forgetWithAccount(forget: () => void): void {
  forgetters.add(forget);
}

/** Nothing that one account has read is shown to the next. */
export function forgetAccount(queries: QueryClient, next: Me | null = null): void {
  queries.setQueryData(ME, next);
  for (const forget of forgetters) forget();
  queries.removeQueries({ predicate: ({ queryKey }) => !PUBLIC.has(queryKey[0]) });
}

/** Who is signed in: null is nobody. Whoever was stays, under the sign-in, when their session has ended. */
export function useMe() {
  const queries = useQueryClient();
  const look = async () => {
    const sentIn = presentSession();
    const before = queries.getQueryData<Me | null>(ME);
    const me = await whoAmI();
    if (!me && before) void endSession(sentIn);
    return me ?? before ?? null;
  };
  return useQuery({ queryKey: ME, queryFn: look, staleTime: Number.POSITIVE_INFINITY });
}

/** Whom the browser's cookie stands for; null is nobody. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return (await ask.get("/api/agents/me")).agent;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

/** Whoever is signed in on the screens below it; it goes away together with them. */
export const SignedIn = createContext<Me | null>(null);

/** The signed-in account, for screens that exist only for one. */
export function useSignedIn(): Me {
  const me = useContext(SignedIn);
  if (!me) throw new Error("This screen needs somebody who is signed in.");
  return me;
}

const RANK: Record<Role, number> = { agent: 0, manager: 1, admin: 2 };

/** Whether a role may do at least what another may. */
export function atLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}
