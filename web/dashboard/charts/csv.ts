// Rows as a file that spreadsheet programs open: RFC 4180, UTF-8 with a byte order mark.

import type { Cell, Column } from "./columns";

const BYTE_ORDER_MARK = "\uFEFF";
// With one of these at its beginning, a text is run as a formula by spreadsheet programs.
// Source: OWASP, "CSV Injection".
const STARTS_A_FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** A whole file; text that a spreadsheet would run has an apostrophe before it. */
export function csvOf<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  const lines = [
    columns.map((column) => column.inFile ?? column.name),
    ...rows.map((row) => columns.map((one) => one.of(row))),
  ];
  return BYTE_ORDER_MARK + lines.map((cells) => `${cells.map(written).join(",")}\r\n`).join("");
}

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const safe = STARTS_A_FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Give a file to the browser to keep. */
export function keepFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read the file only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
