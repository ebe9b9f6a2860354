import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect } from "react";
import { Refused } from "../../protocol/refused";
import { ask, SIGNED_OUT } from "./call";

export type Role = "admin" | "manager" | "agent";

export interface Me {
  id: string;
  name: string;
  email: string;
  systemRole: Role;
  status?: string;
}

export const ME = ["me"];

/** What anybody may read; a page that nobody is signed in to may be waiting for it. */
const PUBLIC: ReadonlySet<unknown> = new Set(["me", "setup", "invite"]);

/** Nothing that one account has read is shown to the next. */
export function forgetAccount(queries: QueryClient): void {
  queries.setQueryData(ME, null);
  queries.removeQueries({ predicate: ({ queryKey }) => !PUBLIC.has(queryKey[0]) });
}

/** Who is signed in: null is nobody; the page asks again when it is told that the session ended. */
export function useMe() {
  const queries = useQueryClient();
  useEffect(() => {
    const onEnd = () => forgetAccount(queries);
    window.addEventListener(SIGNED_OUT, onEnd);
    return () => window.removeEventListener(SIGNED_OUT, onEnd);
  }, [queries]);
  return useQuery({ queryKey: ME, queryFn: whoAmI, staleTime: Number.POSITIVE_INFINITY });
}

async function whoAmI(): Promise<Me | null> {
  try {
    return (await ask.get<{ agent: Me }>("/api/agents/me")).agent;
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
