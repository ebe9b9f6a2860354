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
  /** What the three numbers are called, if not value, from and to. */
  names?: readonly [string, string, string];
  /** Columns of the table beside these. */
  more?: readonly Column<R>[];
  mark?: number;
  nothing?: string;
}) {
  const [value, from, to] = props.names ?? ["Value", "From", "To"];
  const columns: readonly Column<R>[] = [
    { name: "Of", of: (row) => row.name },
    { name: value, of: (row) => row.value, show: (row) => props.format(row.value) },
    { name: from, of: (row) => row.low, show: (row) => props.format(row.low) },
    { name: to, of: (row) => row.high, show: (row) => props.format(row.high) },
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
