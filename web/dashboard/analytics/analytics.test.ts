import fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf } from "./gather";
import { bounds, boundsBefore, dayOf, inWords, periodOf, wordsBefore } from "./period";
import { relative } from "./summary";

const NOW = Date.parse("2026-11-26T15:30:00Z");
const DAY = 86_400_000;
const asked = (query: string) => periodOf(new URLSearchParams(query), NOW);

function period(query: string) {
  const found = asked(query);
  if ("fault" in found) throw new Error(found.fault.says);
  return found;
}

test("an address without a period, or with an odd one, means 30 days up to today", () => {
  for (const query of ["", "days=0", "days=31", "days=soon"])
    expect(asked(query)).toEqual({ from: "2026-10-28", to: "2026-11-26", days: 30, preset: 30 });
});

test.each([
  ["from=2026-02-30&to=2026-03-01", "from"],
  ["from=&to=2026-03-01", "from"],
  ["from=2026-03-01", "to"],
  ["from=2026-03-02&to=2026-03-01", "to"],
  ["from=2001-01-01&to=2026-03-01", "from"],
  ["from=0000-01-01&to=0000-01-02", "from"],
  ["from=%3Cimg%3E&to=2026-03-01", "from"],
])("dates that cannot be (%s) are a fault of their field", (query, field) => {
  expect(asked(query)).toMatchObject({ fault: { field } });
});

test("the last day belongs to the period, and today only up to now", () => {
  expect(bounds(period("from=2026-11-01&to=2026-11-02"), NOW)).toEqual({
    startDate: "2026-11-01T00:00:00.000Z",
    endDate: "2026-11-02T23:59:59.999Z",
  });
  expect(bounds(period("days=7"), NOW).endDate).toBe("2026-11-26T15:30:00.000Z");
});

test("the period before is as long, ends where this one begins, and is never asked for a longer today", () => {
  expect(boundsBefore(period("days=7"), NOW)).toEqual({
    startDate: "2026-11-13T00:00:00.000Z",
    endDate: "2026-11-19T15:30:00.000Z",
  });
  fc.assert(
    fc.property(fc.nat(3000), fc.nat(1500), (back, length) => {
      const from = dayOf(NOW - (back + length) * DAY);
      const one = period(`from=${from}&to=${dayOf(NOW - back * DAY)}`);
      const [here, before] = [bounds(one, NOW), boundsBefore(one, NOW)];
      const long = (two: { startDate: string; endDate: string }) =>
        Date.parse(two.endDate) - Date.parse(two.startDate);
      expect(long(before)).toBe(long(here));
      expect(before.endDate < here.startDate).toBe(true);
    }),
  );
});

test("a period that has not begun asks for nothing backwards", () => {
  const { startDate, endDate } = bounds(period("from=2027-01-01&to=2027-01-05"), NOW);
  expect(endDate >= startDate).toBe(true);
});

test("a period is told with one year, or with two where it spans two", () => {
  expect(inWords({ from: "2026-11-03", to: "2026-12-02" })).toBe("3 Nov to 2 Dec 2026");
  expect(inWords({ from: "2025-12-30", to: "2026-01-02" })).toBe("30 Dec 2025 to 2 Jan 2026");
  expect(wordsBefore(period("days=7"))).toBe("13 Nov to 19 Nov 2026");
});

test("no change is told against nothing", () => {
  expect(relative(5, 0, null)).toBeNull();
  expect(relative(5, null, null)).toBeNull();
  expect(relative(100.2, 100, "more")).toEqual({ words: "no change", good: null });
  expect(relative(90, 120, "less")).toEqual({ words: "−25 %", good: true });
});

test("weeks hold every chat of their days, and never more bars than days", () => {
  const days = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)), { maxLength: 400 });
  fc.assert(
    fc.property(days, (counts) => {
      const given = counts.map(([a, b, c], place) => ({
        day: dayOf(NOW - (counts.length - place) * DAY),
        chats: a + b + c,
        byAssistant: a,
        byPeople: b,
      }));
      const { bars } = barsOf(given);
      const sum = (rows: readonly { chats: number }[]) => rows.reduce((all, row) => all + row.chats, 0);
      expect(sum(bars)).toBe(sum(given));
      expect(bars.length).toBeLessThanOrEqual(100);
      expect(new Set(bars.map((bar) => bar.day)).size).toBe(bars.length);
    }),
  );
});
