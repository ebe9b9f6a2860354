import { expect, test } from "vitest";
import { progressWords } from "../charts/WorkProgress";
import { measuredWords } from "./ReportPage";
import { EVIDENCE } from "./registry";
import { STEPS } from "./steps";

test("progress in words never tells a pace or a time that is not known", () => {
  expect(progressWords({ running: true, done: 12, total: null }, "chunks", [])).toBe("12 chunks");
  expect(progressWords({ running: true, done: 0, total: 0 }, "chunks", [])).toBe("0 of 0 chunks (–)");
  const samples = [
    { at: 0, done: 0 },
    { at: 10_000, done: 400 },
  ];
  const working = { running: true, done: 400, total: 4000, failed: 2 };
  expect(progressWords(working, "chunks", samples)).toBe(
    "400 of 4,000 chunks (10 %) · 2 failed · 40 per second · about 1 min 30 s left",
  );
  expect(progressWords({ ...working, running: false }, "chunks", samples)).not.toContain("left");
});

test("a measured figure is not told without its interval and its number", () => {
  const one = { name: "recall", value: 0.81, low: 0.74, high: 0.87, n: 1200 };
  expect(measuredWords(one, (value) => value.toFixed(2))).toBe("0.81 (0.74 to 0.87, n = 1,200)");
});

test("no two pages of evidence share an address, and each belongs to a step", () => {
  const paths = EVIDENCE.map((page) => page.path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(EVIDENCE.filter((page) => !STEPS.some((step) => step.id === page.step))).toEqual([]);
  expect(STEPS).toHaveLength(11);
});
