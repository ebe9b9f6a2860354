import type { DocumentRow, DocumentState } from "../shapes";
import { kindOf, languageOf } from "../wording";

export type StateFilter = DocumentState | "stale" | "all";
export type SortKey = "name" | "kind" | "state" | "passages" | "size" | "language" | "added";

/** Which documents are shown, and in which order. */
export interface View {
  search: string;
  state: StateFilter;
  kind: string;
  sort: SortKey;
  descending: boolean;
}

export const PLAIN_VIEW: View = { search: "", state: "all", kind: "", sort: "added", descending: true };

const BY: Record<SortKey, (row: DocumentRow) => string | number> = {
  name: (row) => row.originalName,
  kind: kindOf,
  state: (row) => ["failed", "pending", "embedded"].indexOf(row.state) * 2 + (row.stale ? 0 : 1),
  passages: (row) => row.chunkCount,
  size: (row) => row.fileSize ?? -1,
  language: (row) => languageOf(row.language),
  added: (row) => Date.parse(row.uploadedAt),
};
const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export function isIn(row: DocumentRow, state: StateFilter): boolean {
  if (state === "all") return true;
  return state === "stale" ? Boolean(row.stale) : row.state === state;
}

/** The documents of a view, sorted; equal ones keep their order. */
export function sortDocuments(rows: readonly DocumentRow[], view: View): DocumentRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = rows.filter(
    (row) =>
      isIn(row, view.state) &&
      (!view.kind || kindOf(row) === view.kind) &&
      words.every((word) => `${row.originalName} ${row.sourceUrl ?? ""}`.toLowerCase().includes(word)),
  );
  const by = BY[view.sort];
  const turn = view.descending ? -1 : 1;
  return wanted.sort((one, other) => turn * compare(by(one), by(other)));
}

function compare(one: string | number, other: string | number): number {
  return typeof one === "number" && typeof other === "number"
    ? one - other
    : names.compare(String(one), String(other));
}

/** A view as it stands in the address, so that it outlives a reload; what is plain is left out. */
export function viewOf(query: URLSearchParams): View {
  const sort = query.get("sort") ?? "";
  const state = query.get("state") ?? "";
  return {
    search: query.get("find") ?? "",
    state: isState(state) ? state : "all",
    kind: query.get("kind") ?? "",
    sort: Object.hasOwn(BY, sort) ? (sort as SortKey) : PLAIN_VIEW.sort,
    descending: query.has("sort") ? query.get("order") === "down" : PLAIN_VIEW.descending,
  };
}

export function queryOf(view: View): Record<string, string> {
  const query: Record<string, string> = {};
  if (view.search) query.find = view.search;
  if (view.state !== "all") query.state = view.state;
  if (view.kind) query.kind = view.kind;
  if (view.sort !== PLAIN_VIEW.sort || view.descending !== PLAIN_VIEW.descending) {
    query.sort = view.sort;
    query.order = view.descending ? "down" : "up";
  }
  return query;
}

function isState(given: string): given is StateFilter {
  return ["embedded", "pending", "failed", "stale"].includes(given);
}
