import fc from "fast-check";
import { expect, test } from "vitest";
import { applied } from "./edits";

const NINE = ["09:00", "17:00"];
const TEN = ["10:00", "18:00"];

test("what another has saved of an object's other parts is not undone", () => {
  const over = { mon: NINE, tue: NINE, sat: null as string[] | null };
  const mine = { ...over, sat: TEN };
  const theirs = { ...over, mon: TEN };
  expect(applied(theirs, { value: mine, over })).toEqual({
    value: { mon: TEN, tue: NINE, sat: TEN },
    clashes: false,
  });
});

test("the same changed twice in two ways is a clash, in one way it is none", () => {
  expect(applied("theirs", { value: "mine", over: "before" })).toEqual({ value: "mine", clashes: true });
  expect(applied("mine", { value: "mine", over: "before" })).toEqual({ value: "mine", clashes: false });
  expect(applied(["a"], { value: ["b"], over: [] as string[] }).clashes).toBe(true);
  expect(applied({ a: 1 }, { value: { a: 2 }, over: { a: 0 } }).clashes).toBe(true);
});

test("an edit that was taken back changes nothing, and an edit nobody contradicts is what is stored", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (stored, value) => {
      expect(applied(stored, { value, over: value })).toEqual({ value: stored, clashes: false });
      expect(applied(stored, { value, over: stored }).clashes).toBe(false);
    }),
    { examples: [[{}, { valueOf: 1 }]] },
  );
});
