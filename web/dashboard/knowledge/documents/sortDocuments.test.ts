import { expect, test } from "vitest";
import type { DocumentRow } from "../shapes";
import { PLAIN_VIEW, queryOf, sortDocuments, type View, viewOf } from "./sortDocuments";

const row = (originalName: string, more: Partial<DocumentRow> = {}): DocumentRow => ({
  id: originalName,
  filename: originalName,
  originalName,
  fileType: "md",
  chunkCount: 1,
  language: "en",
  state: "embedded",
  uploadedAt: "2026-01-01T00:00:00Z",
  ...more,
});
const names = (rows: DocumentRow[], view: Partial<View>) =>
  sortDocuments(rows, { ...PLAIN_VIEW, ...view }).map((one) => one.originalName);

test("names are sorted as people count, and what has failed comes before what has not", () => {
  const rows = [row("Part 10"), row("part 9", { state: "failed" }), row("Part 1", { stale: true })];
  expect(names(rows, { sort: "name", descending: false })).toEqual(["Part 1", "part 9", "Part 10"]);
  expect(names(rows, { sort: "state", descending: false })).toEqual(["part 9", "Part 1", "Part 10"]);
  expect(names(rows, { state: "stale" })).toEqual(["Part 1"]);
  expect(names(rows, { search: "PART 1" })).toEqual(["Part 10", "Part 1"]);
});

test("a view in the address is the same view again, and rubbish there is the plain one", () => {
  const view: View = { search: "a b", state: "failed", kind: "PDF", sort: "size", descending: false };
  expect(viewOf(new URLSearchParams(queryOf(view)))).toEqual(view);
  expect(queryOf(PLAIN_VIEW)).toEqual({});
  expect(viewOf(new URLSearchParams("state=constructor&sort=nothing&order=sideways"))).toMatchObject({
    state: "all",
    sort: "added",
  });
  expect(viewOf(new URLSearchParams("sort=toString")).sort).toBe("added");
});
