import fc from "fast-check";
import { expect, test } from "vitest";
import { type Block, type Inline, joinPieces, parseMarkdown } from "./markdown";

const text = (value: string): Inline => ({ kind: "text", text: value });
const paragraph = (...children: Inline[]): Block => ({ kind: "paragraph", children });

test.each<[string, string, Block[]]>([
  [
    "bold, italic and code",
    "**a** *b* _c_ `d`",
    [
      paragraph(
        { kind: "strong", children: [text("a")] },
        text(" "),
        { kind: "em", children: [text("b")] },
        text(" "),
        { kind: "em", children: [text("c")] },
        text(" "),
        { kind: "code", text: "d" },
      ),
    ],
  ],
  [
    "underscores in names and stars in sums stay",
    "my_file_name and 3 * 4 * 5",
    [paragraph(text("my_file_name and 3 * 4 * 5"))],
  ],
  ["a heading", "## Plans\nPlus", [{ kind: "heading", children: [text("Plans")] }, paragraph(text("Plus"))]],
  ["a code block keeps its signs", "```js\n**a**\n```", [{ kind: "code", text: "**a**" }]],
  ["an open code block ends with the text", "```\na", [{ kind: "code", text: "a" }]],
  [
    "lists, one in the other",
    "1. a\n   - b\n2. c",
    [
      {
        kind: "list",
        ordered: true,
        start: 1,
        items: [
          [paragraph(text("a")), { kind: "list", ordered: false, start: 1, items: [[paragraph(text("b"))]] }],
          [paragraph(text("c"))],
        ],
      },
    ],
  ],
  [
    "a link shows where it leads",
    "[our terms](https://example.org/terms)",
    [
      paragraph({
        kind: "link",
        href: "https://example.org/terms",
        host: "example.org",
        children: [text("our terms")],
      }),
    ],
  ],
  [
    "an address without the full stop after it",
    "See https://example.org/a.",
    [
      paragraph(
        text("See "),
        { kind: "link", href: "https://example.org/a", host: "", children: [text("https://example.org/a")] },
        text("."),
      ),
    ],
  ],
  [
    "an address in brackets",
    "(https://example.org/a_(b))",
    [
      paragraph(
        text("("),
        {
          kind: "link",
          href: "https://example.org/a_(b)",
          host: "",
          children: [text("https://example.org/a_(b)")],
        },
        text(")"),
      ),
    ],
  ],
  [
    "mail",
    "[write](mailto:a@example.org)",
    [
      paragraph({
        kind: "link",
        href: "mailto:a@example.org",
        host: "a@example.org",
        children: [text("write")],
      }),
    ],
  ],
  ["no picture is loaded", "![a cat](https://example.org/cat.png)", [paragraph(text("a cat"))]],
  [
    "other schemes stay text",
    "[x](javascript:alert(1)) <b>y</b>",
    [paragraph(text("[x](javascript:alert(1)) <b>y</b>"))],
  ],
  [
    "an address that names another host stays text",
    "[x](https://bank.example@evil.example/)",
    [paragraph(text("[x](https://bank.example@evil.example/)"))],
  ],
])("%s", (_name, given, expected) => {
  expect(parseMarkdown(given)).toEqual(expected);
});

const signs = fc.constantFrom(
  ..."**__``[](!)\\\n\n#- .>~@<&",
  "https://a.b",
  "javascript:",
  "mailto:a@b",
  "```",
  "1. ",
  "  ",
);
// The library's own strings of any letters lay out all of Unicode first, which takes seconds.
const anything = fc
  .array(
    fc.nat({ max: 0x10ffff }).map((one) => String.fromCodePoint(one)),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(""));
const markup = fc
  .array(fc.oneof(signs, fc.constantFrom(..."abcXYZäß中א")), { maxLength: 60 })
  .map((parts) => parts.join(""));

function* inlinesOf(blocks: Block[]): Generator<Inline> {
  for (const block of blocks) {
    if (block.kind === "list") for (const item of block.items) yield* inlinesOf(item);
    else if (block.kind === "code") yield { kind: "code", text: block.text };
    else yield* within(block.children);
  }
}

function* within(parts: Inline[]): Generator<Inline> {
  for (const part of parts) {
    yield part;
    if ("children" in part) yield* within(part.children);
  }
}

const letters = (value: string) => value.replace(/[^\p{L}]/gu, "");
const shown = (blocks: Block[]) =>
  [...inlinesOf(blocks)].map((part) => ("text" in part ? part.text : "")).join("");

test("no letter is lost, added or moved where there is no link", () => {
  fc.assert(
    fc.property(markup, (given) => {
      const plain = given.replaceAll("[", "(").replace(/```[a-zA-Z]*/g, "```\n");
      expect(letters(shown(parseMarkdown(plain)))).toBe(letters(plain.replace(/```\n.*/g, (one) => one)));
    }),
    { numRuns: 400 },
  );
});

test("whatever is written, links lead to https or mail, and nowhere with a name before the host", () => {
  fc.assert(
    fc.property(fc.oneof(markup, anything), (given) => {
      for (const part of inlinesOf(parseMarkdown(given))) {
        if (part.kind !== "link") continue;
        expect(part.href).toMatch(/^(https:\/\/[^@]*($|[/?#])|mailto:[^@]+@[^@]+$)/i);
      }
    }),
    { numRuns: 400 },
  );
});

test("each mark of a text that was put together is there once and in its order", () => {
  fc.assert(
    fc.property(fc.array(markup, { maxLength: 6 }), (pieces) => {
      const found = [...inlinesOf(parseMarkdown(joinPieces(pieces)))];
      const marks = found.flatMap((part) => (part.kind === "mark" ? [part.place] : []));
      expect(marks).toEqual(pieces.map((_, place) => place));
    }),
    { numRuns: 400 },
  );
});

test("a long hostile text does not keep the page busy", () => {
  for (const piece of ["*a ", "[", "![", "`", "_a", "- ", "> ", "https://a/(", "**a* "]) {
    expect(parseMarkdown(piece.repeat(8000 / piece.length)).length).toBeGreaterThan(0);
  }
});
