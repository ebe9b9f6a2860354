// What the knowledge pages ask the desk, and when they ask again.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { Refused } from "../../protocol/refused";
import { ask } from "../api/call";
import { atLeast, useSignedIn } from "../api/session";
import type { OneDocument, SuggestionState } from "./shapes";

const DOCUMENTS = ["knowledge", "documents"];
const SUGGESTIONS = ["knowledge", "suggestions"];
const GAPS = ["knowledge", "gaps"];
const RE_EMBEDDING = ["knowledge", "re-embedding"];
const SOON = 2_000;
const LATER = 10_000;

/** Whether somebody may review suggestions, close gaps, teach pairs and embed everything again. */
export function useMayTeach(): boolean {
  return atLeast(useSignedIn().systemRole, "manager");
}

/** Every document; asked again soon while one of them is being embedded, later where one is tried again. */
export function useDocuments() {
  return useQuery({
    queryKey: DOCUMENTS,
    queryFn: () => ask.get("/api/knowledge"),
    refetchOnMount: "always",
    refetchInterval: ({ state }) => againIn(state.data?.map((row) => row.state) ?? []),
  });
}

/** One document with its text and chunks. */
export function useDocument(id: string) {
  return useQuery({
    queryKey: [...DOCUMENTS, id],
    queryFn: () => readDocument(id),
    refetchOnMount: "always",
    refetchInterval: ({ state }) => againIn(state.data ? [state.data.state] : []),
  });
}

export function readDocument(id: string): Promise<OneDocument> {
  return ask.get("/api/knowledge/{document_id}", { path: { document_id: id } });
}

function againIn(states: readonly string[]): number | false {
  if (states.includes("pending")) return SOON;
  return states.includes("failed") && LATER;
}

/** The newest suggestions of one state, and how many there are of each. */
export function useSuggestions(state: SuggestionState) {
  return useQuery({
    queryKey: [...SUGGESTIONS, state],
    queryFn: () => ask.get("/api/v1/knowledge/suggestions", { query: { state } }),
    enabled: useMayTeach(),
  });
}

/** What visitors asked in vain, most asked first. */
export function useGaps() {
  return useQuery({
    queryKey: GAPS,
    queryFn: () => ask.get("/api/v1/knowledge/gaps"),
    enabled: useMayTeach(),
    refetchInterval: ({ state }) => (state.data?.ungrouped ? LATER : false),
  });
}

/** How far the last run is that embeds documents again. */
export function useReEmbedding() {
  return useQuery({
    queryKey: RE_EMBEDDING,
    queryFn: () => ask.get("/api/v1/knowledge/re-embed"),
    enabled: useMayTeach(),
    refetchInterval: ({ state }) => (state.data?.running ? SOON : false),
  });
}

/** Ask again for everything that a change of the knowledge base may have moved. */
export function useKnowledgeChanged() {
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries({ queryKey: ["knowledge"] }), [queries]);
}

/** Whether what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}
