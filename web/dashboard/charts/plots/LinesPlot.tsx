import { LineChart } from "@mantine/charts";
import { COLOUR, DASHES, type Tone } from "../tones";
import { type Format, QUIET } from "./common";

export interface LinesProps {
  rows: readonly Record<string, string | number | null>[];
  x: string;
  series: readonly { key: string; name: string; tone: Tone }[];
  xFormat?: (value: string) => string;
  format?: Format;
}

/** Lines over days or steps; each has a pattern of its own, and a gap where nothing is known. */
export default function LinesPlot({ rows, x, series, xFormat, format }: LinesProps) {
  return (
    <LineChart
      {...QUIET}
      data={[...rows]}
      dataKey={x}
      curveType="linear"
      connectNulls={false}
      withDots={rows.length <= 31}
      dotProps={{ r: 2.5 }}
      series={series.map(({ key, name, tone }) => ({
        name: key,
        label: name,
        color: COLOUR[tone],
        ...(DASHES[tone] && { strokeDasharray: DASHES[tone] }),
      }))}
      {...(format && { valueFormatter: format })}
      {...(xFormat && {
        xAxisProps: { tickFormatter: xFormat },
        tooltipProps: { labelFormatter: label(xFormat) },
      })}
    />
  );
}

function label(format: (value: string) => string) {
  return (value: unknown) => format(String(value));
}
