import { ChartCard } from "./ChartCard";
import type { Column } from "./columns";
import { IntervalsPlot } from "./late";
import type { Interval, Scale } from "./plots/IntervalsPlot";

/** Values with their intervals, one to a row: for comparisons. */
export function IntervalsChart<R extends Interval>(props: {
  title: string;
  says: string;
  file: string;
  rows: readonly R[];
  scale: Scale;
  format: (value: number) => string;
  /** What the three numbers are called, if not value, from and to; null for one that is the value itself. */
  names?: readonly [string, string | null, string];
  /** The unit of the numbers, for a file. */
  unit?: string;
  /** Columns of the table beside these. */
  more?: readonly Column<R>[];
  mark?: number;
  nothing?: string;
}) {
  const [value, from, to] = props.names ?? ["Value", "From", "To"];
  const number = (name: string, of: (row: R) => number): Column<R> => ({
    name,
    of,
    show: (row) => props.format(of(row)),
    ...(props.unit && { inFile: `${name} (${props.unit})` }),
  });
  const columns: readonly Column<R>[] = [
    { name: "Of", of: (row) => row.name },
    number(value, (row) => row.value),
    ...(from === null ? [] : [number(from, (row) => row.low)]),
    number(to, (row) => row.high),
    ...(props.more ?? []),
  ];
  return (
    <ChartCard
      title={props.title}
      says={props.says}
      file={props.file}
      columns={columns}
      rows={props.rows}
      height={60 + props.rows.length * 64}
      {...(props.nothing && { nothing: props.nothing })}
    >
      <IntervalsPlot
        rows={props.rows}
        scale={props.scale}
        format={props.format}
        {...(props.mark !== undefined && { mark: props.mark })}
      />
    </ChartCard>
  );
}
