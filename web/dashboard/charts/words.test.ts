import { expect, test } from "vitest";
import { day, duration, language, named, percent, share } from "./words";

test.each([
  [null, "–"],
  [0, "0 s"],
  [0.42, "0.4 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [200, "3 min 20 s"],
  [3599.7, "1 h"],
  [7500, "2 h 5 min"],
  [86_399, "1 d"],
  [277_200, "3 d 5 h"],
])("a length of %s s is never written with 60 of something", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("a share of nothing is not 0 %, and a little is not nothing", () => {
  expect(percent(share(0, 0))).toBe("–");
  expect(percent(share(0, 9))).toBe("0 %");
  expect(percent(share(1, 900))).toBe("< 1 %");
});

test("what is no language or no day is shown as it came", () => {
  expect([language("de"), language("not a code")]).toEqual(["German", "not a code"]);
  expect([day("2026-11-03"), day("2026-11-03", true), day("soon")]).toEqual(["3 Nov", "3 Nov 2026", "soon"]);
  expect(named("feature_request")).toBe("Feature request");
});
