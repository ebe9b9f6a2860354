import { ScatterChart } from "@mantine/charts";
import { ErrorBar } from "recharts";
import { COLOUR } from "../tones";
import { type Format, QUIET } from "./common";

export interface Interval {
  name: string;
  value: number;
  low: number;
  high: number;
}

export interface Scale {
  from: number;
  to: number;
  ticks?: readonly number[];
  logarithmic?: boolean;
}

/** One point with its interval for each row; `mark` is the value at which nothing differs. */
export default function IntervalsPlot(props: {
  rows: readonly Interval[];
  scale: Scale;
  format: Format;
  mark?: number;
}) {
  const { rows, scale, format } = props;
  const points = rows.map((row, place) => ({
    place,
    value: row.value,
    interval: [row.value - row.low, row.high - row.value],
  }));
  return (
    <ScatterChart
      {...QUIET}
      data={[{ name: "Value", color: COLOUR.first, data: points as never }]}
      dataKey={{ x: "value", y: "place" }}
      withTooltip={false}
      gridAxis="y"
      xAxisProps={{
        domain: [scale.from, scale.to],
        scale: scale.logarithmic ? "log" : "auto",
        tickFormatter: format,
        ...(scale.ticks && { ticks: [...scale.ticks] }),
      }}
      yAxisProps={{
        domain: [-0.6, rows.length - 0.4],
        ticks: rows.map((_, place) => place),
        interval: 0,
        reversed: true,
        width: 104,
        tickFormatter: (place: number) => rows[place]?.name ?? "",
      }}
      {...(props.mark !== undefined && {
        referenceLines: [{ x: props.mark, color: "var(--faint)", strokeDasharray: "5 4" }],
      })}
      scatterProps={{
        children: (
          <ErrorBar
            dataKey="interval"
            direction="x"
            width={10}
            strokeWidth={2}
            stroke={COLOUR.first}
            isAnimationActive={false}
          />
        ),
      }}
    />
  );
}
