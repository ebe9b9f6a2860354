import { expect, test } from "vitest";
import { initials } from "./initials";

test.each([
  ["Kim Okafor", "KO"],
  ["ana maria de souza", "AS"],
  ["Prince", "P"],
  ["🦄✨ Émilie 👩‍👩‍👧‍👦", "🦄👩‍👩‍👧‍👦"],
  ["مريم القحطاني", "ما"],
  ["  ", ""],
])("no letter of %s is cut in two", (name, shown) => {
  expect(initials(name)).toBe(shown);
});
