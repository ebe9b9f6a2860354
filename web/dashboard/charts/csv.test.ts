import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cell } from "./columns";
import { csvOf } from "./csv";

const file = (...rows: Cell[][]) =>
  csvOf(
    (rows[0] ?? []).map((_, place) => ({ name: `c${place}`, of: (row: Cell[]) => row[place] ?? null })),
    rows,
  );

/** A reader of RFC 4180 that knows nothing of how the file was written. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[at++];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ",") {
      row.push(cell);
      cell = "";
    } else if (sign === "\r" && text[at + 1] === "\n") {
      at++;
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += sign;
  }
  expect(quoted || cell !== "" || row.length > 0, "the file ends in the middle of a row").toBe(false);
  return rows;
}

test("a file begins with a byte order mark and ends each row with CR LF", () => {
  expect(file(["a", 1.5], [null, -2])).toBe("\uFEFFc0,c1\r\na,1.5\r\n,-2\r\n");
});

test.each(["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("https://evil.example","x")'])(
  "a spreadsheet does not run %j",
  (text) => {
    expect(read(file([text]).slice(1))[1]).toEqual([`'${text}`]);
  },
);

test("a number stays a number, also below zero, and what is no number is empty", () => {
  expect(file([-3], [Number.NaN], [Number.POSITIVE_INFINITY])).toBe("\uFEFFc0\r\n-3\r\n\r\n\r\n");
});

test("a name of a column is not run either", () => {
  expect(csvOf([{ name: "=A1", of: () => "" }], [])).toBe("\uFEFF'=A1\r\n");
});

const hostile = fc.string({
  unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "'", "a", "ß", "😀"),
});

test("whatever is written is read again, and no text begins a formula", () => {
  const rows = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.array(fc.array(fc.oneof(hostile, fc.string()), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 6,
    }),
  );
  fc.assert(
    fc.property(rows, (texts) => {
      const [, ...found] = read(file(...texts).slice(1));
      expect(found.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      expect(found).toEqual(
        texts.map((row) => row.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text))),
      );
    }),
  );
});
