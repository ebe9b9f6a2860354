// What the pages of administration read, each under one key.

import { keepPreviousData, type UseQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask } from "../api/call";
import type { Act, OutboxState } from "./shapes";

export const KEYS = {
  people: ["people"],
  teams: ["teams"],
  invites: ["invites"],
  categories: ["categories"],
  cannedReplies: ["canned-replies"],
  settings: ["settings"],
  integrations: ["integrations"],
  outbox: ["outbox"],
  bookings: ["bookings"],
  audit: ["audit"],
} as const;

const OUTBOX_LOOK = 10_000;
const BOOKINGS_LOOK = 60_000;

/** What the desk has at this very moment. */
export async function readNow<T>({ refetch }: Pick<UseQueryResult<T>, "refetch">): Promise<T> {
  return (await refetch({ throwOnError: true })).data as T;
}

export const usePeople = (enabled = true) =>
  useQuery({
    queryKey: KEYS.people,
    queryFn: async () => (await ask.get("/api/agents")).agents,
    enabled,
  });

export const useTeams = () =>
  useQuery({
    queryKey: KEYS.teams,
    queryFn: async () => (await ask.get("/api/agents/roles")).roles,
  });

export const useInvites = () =>
  useQuery({
    queryKey: KEYS.invites,
    queryFn: async () => (await ask.get("/api/agents/invite-links")).links,
  });

export const useCategories = () =>
  useQuery({
    queryKey: KEYS.categories,
    queryFn: () => ask.get("/api/categories/all"),
  });

export const useCannedReplies = () =>
  useQuery({
    queryKey: KEYS.cannedReplies,
    queryFn: () => ask.get("/api/canned-responses"),
  });

export const useSettings = () =>
  useQuery({ queryKey: KEYS.settings, queryFn: () => ask.get("/api/settings") });

export const useIntegrations = () =>
  useQuery({
    queryKey: KEYS.integrations,
    queryFn: () => ask.get("/api/v1/integrations"),
  });

export const useOutbox = (state: OutboxState) =>
  useQuery({
    queryKey: [...KEYS.outbox, state],
    queryFn: () => ask.get("/api/v1/outbox", { query: { state } }),
    refetchInterval: OUTBOX_LOOK,
    // How many there are in each state stays in sight while another state is read.
    placeholderData: keepPreviousData,
  });

export const useBookings = () =>
  useQuery({
    queryKey: KEYS.bookings,
    queryFn: () => ask.get("/api/v1/calendar/bookings"),
    refetchInterval: BOOKINGS_LOOK,
  });

export const useAudit = (wanted: { actor: string | null; action: Act | null }) =>
  useInfiniteQuery({
    queryKey: [...KEYS.audit, wanted],
    queryFn: ({ pageParam }) => ask.get("/api/v1/audit", { query: { ...wanted, before: pageParam } }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
