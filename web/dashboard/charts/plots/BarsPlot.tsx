import { BarChart } from "@mantine/charts";
import { useId } from "react";
import { COLOUR, type Tone } from "../tones";
import { type Format, QUIET } from "./common";
import { Patterns, patternOf } from "./Patterns";

export interface BarsProps {
  rows: readonly Record<string, string | number | null>[];
  x: string;
  series: readonly { key: string; name: string; tone: Tone }[];
  stacked?: boolean;
  xFormat?: (value: string) => string;
  format?: Format;
}

/** Upright bars, beside each other or on top of each other. */
export default function BarsPlot({ rows, x, series, stacked, xFormat, format }: BarsProps) {
  const id = useId();
  const tones = new Map(series.map((one) => [one.key, one.tone]));
  return (
    <BarChart
      {...QUIET}
      data={[...rows]}
      dataKey={x}
      type={stacked ? "stacked" : "default"}
      maxBarWidth={36}
      cursorFill="var(--soft)"
      series={series.map(({ key, name, tone }) => ({ name: key, label: name, color: COLOUR[tone] }))}
      barProps={(one) => ({ fill: patternOf(id, tones.get(one.name) ?? "first") })}
      yAxisProps={{ allowDecimals: false, width: 44 }}
      xAxisProps={{ minTickGap: 16, ...(xFormat && { tickFormatter: xFormat }) }}
      {...(format && { valueFormatter: format })}
      {...(xFormat && { tooltipProps: { labelFormatter: (value: unknown) => xFormat(String(value)) } })}
    >
      <Patterns id={id} />
    </BarChart>
  );
}
