import fc from "fast-check";
import { expect, test } from "vitest";
import { paceOf, type Sample, sampled } from "./pace";
import { calibrationError } from "./ReliabilityChart";

const after = (...steps: [number, number][]) =>
  steps.reduce<readonly Sample[]>((kept, [at, done]) => sampled(kept, { at, done }), []);

test("no pace is told from one look, from too little time, or where nothing moved", () => {
  expect(paceOf(after([0, 5]), 100)).toBeNull();
  expect(paceOf(after([0, 5], [900, 9]), 100)).toBeNull();
  expect(paceOf(after([0, 5], [10_000, 5]), 100)).toBeNull();
});

test("the time left is what is missing at the pace of the last minute", () => {
  expect(paceOf(after([0, 0], [10_000, 50]), 100)).toEqual({ perSecond: 5, secondsLeft: 10 });
  expect(paceOf(after([0, 0], [10_000, 50]), null)).toEqual({ perSecond: 5, secondsLeft: null });
  expect(paceOf(after([0, 0], [100_000, 1000], [110_000, 1010]), 1110)?.perSecond).toBe(1);
});

test("work that began again does not go backwards", () => {
  expect(after([0, 90], [5_000, 3])).toEqual([{ at: 5_000, done: 3 }]);
});

test("a pace is never negative and never without end, whatever was heard", () => {
  const looks = fc.array(fc.tuple(fc.nat(1e7), fc.nat(1e6)), { maxLength: 40 });
  fc.assert(
    fc.property(looks, fc.nat(1e6), (steps, total) => {
      const pace = paceOf(after(...steps), total);
      if (!pace) return;
      expect(pace.perSecond).toBeGreaterThan(0);
      expect(Number.isFinite(pace.secondsLeft)).toBe(true);
      expect(pace.secondsLeft).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("the calibration error weighs each group by its size, and is nothing for nothing", () => {
  const bin = { low: 0, high: 1 };
  expect(calibrationError([])).toBeNull();
  expect(
    calibrationError([
      { ...bin, predicted: 0.9, observed: 0.5, n: 1 },
      { ...bin, predicted: 0.5, observed: 0.5, n: 3 },
    ]),
  ).toBeCloseTo(0.1);
});
