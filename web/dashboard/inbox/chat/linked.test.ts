import fc from "fast-check";
import { expect, test } from "vitest";
import { linkedPieces } from "./linked";

test.each([
  ["See https://example.org/a.", ["https://example.org/a"]],
  ["(https://example.org/a_(b))", ["https://example.org/a_(b)"]],
  ["HTTP://EXAMPLE.ORG and mailto:kim@example.org!", ["http://example.org/", "mailto:kim@example.org"]],
  ["javascript:alert(1) data:text/html,x ftp://a.b file:///etc vbscript:x", []],
  ["https://bank.example@evil.example/", []],
  ["java\nscript:alert(1)", []],
  ["xhttps://a.b", []],
])("%j", (text, expected) => {
  const hrefs = linkedPieces(text).flatMap((piece) => (piece.href ? [piece.href] : []));
  expect(hrefs).toEqual(expected);
});

test("no letter is lost, and nothing but three kinds of address is ever a link", () => {
  const parts = fc.constantFrom(..."<>\"'()@:/. \n", "http://", "https://", "mailto:", "javascript:", "a.b");
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 4 })), { maxLength: 30 }), (given) => {
      const text = given.join("");
      const pieces = linkedPieces(text);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
      for (const { href } of pieces) if (href) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
    }),
  );
});
