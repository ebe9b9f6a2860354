import fc from "fast-check";
import { expect, test } from "vitest";
import { markWords } from "./markWords";

const marked = (text: string, words: string[]) =>
  markWords(text, words)
    .filter((piece) => piece.marked)
    .map((piece) => piece.text);

test("words are marked whole, in any case, and never inside of others", () => {
  expect(marked("Returns: a return is free. Returning is not.", ["returns", "return"])).toEqual([
    "Returns",
    "return",
  ]);
  expect(marked("Die Größe der GRÖSSE", ["größe"])).toEqual(["Größe"]);
});

test("in scripts without spaces the pairs themselves are marked", () => {
  expect(marked("保証期間は三年です。", ["保証", "期間"])).toEqual(["保証期間"]);
});

test("no character of a text is lost by marking", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.array(fc.string({ unit: "grapheme", minLength: 1 })),
      (text, words) => {
        expect(
          markWords(text, words)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      },
    ),
  );
});
