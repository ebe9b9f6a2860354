// What a chart shows, as rows and columns: the same for its drawing, its table and its file.

export type Cell = string | number | null;

export interface Column<R> {
  /** Its name in a file, where the numbers need a unit that the table shows beside each. */
  inFile?: string;
  name: string;
  /** The bare value, as it is written to the file. */
  of: (row: R) => Cell;
  /** How people read it; the bare value, if left out. */
  show?: (row: R) => string;
}

const counts = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

/** A cell of a table, in words. */
export function shown<R>(column: Column<R>, row: R): string {
  if (column.show) return column.show(row);
  const value = column.of(row);
  if (value === null) return "–";
  return typeof value === "number" ? counts.format(value) : value;
}

/** Whether a column holds numbers, which stand at the end of their cells. */
export function isNumeric<R>(column: Column<R>, rows: readonly R[]): boolean {
  return rows.length > 0 && rows.every((row) => typeof (column.of(row) ?? 0) === "number");
}
