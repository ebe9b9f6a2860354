import { BarChart } from "@mantine/charts";
import { useId } from "react";
import { COLOUR } from "../tones";
import { QUIET } from "./common";
import { Patterns, patternOf } from "./Patterns";

export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** How often each value came, and where the threshold stands: what lies wholly below it is hatched. */
export default function HistogramPlot({
  bins,
  threshold,
}: {
  bins: readonly Bin[];
  threshold: number | null;
}) {
  const id = useId();
  const edges = [...bins.map((bin) => bin.from), bins.at(-1)?.to ?? 1];
  const below = (bin: Bin) => threshold !== null && bin.to <= threshold + 1e-9;
  return (
    <BarChart
      {...QUIET}
      data={bins.map((bin) => ({ ...bin, middle: (bin.from + bin.to) / 2 }))}
      dataKey="middle"
      series={[{ name: "count", label: "Answers", color: COLOUR.first }]}
      barChartProps={{ barCategoryGap: 2, margin: { top: 20 } }}
      cursorFill="var(--soft)"
      barProps={{
        shape: ((bar: Bin & { x: number; y: number; width: number; height: number }) => (
          <rect
            x={bar.x}
            y={bar.y}
            width={Math.max(0, bar.width)}
            height={Math.max(0, bar.height)}
            fill={patternOf(id, below(bar) ? "second" : "first")}
          />
        )) as never,
      }}
      xAxisProps={{
        type: "number",
        domain: [edges[0] ?? 0, edges.at(-1) ?? 1],
        ticks: edges,
        tickFormatter: (value: number) => value.toFixed(1),
        allowDataOverflow: true,
      }}
      yAxisProps={{ allowDecimals: false, width: 44 }}
      referenceLines={
        threshold === null
          ? []
          : [
              {
                x: threshold,
                color: "var(--mantine-color-text)",
                label: `Threshold ${threshold.toFixed(2)}`,
                labelPosition: "top",
                strokeDasharray: "4 3",
                strokeWidth: 1.5,
              },
            ]
      }
      tooltipProps={{
        labelFormatter: (middle: unknown) => {
          const bin = bins.find((one) => Math.abs((one.from + one.to) / 2 - Number(middle)) < 1e-9);
          return bin ? `${bin.from.toFixed(1)} to ${bin.to.toFixed(1)}` : "";
        },
      }}
    >
      <Patterns id={id} />
    </BarChart>
  );
}
