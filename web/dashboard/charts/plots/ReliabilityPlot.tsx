import { ScatterChart } from "@mantine/charts";
import { ErrorBar } from "recharts";
import { COLOUR } from "../tones";
import { QUIET } from "./common";

export interface ReliabilityBin {
  /** The mean of what was said, from 0 to 1. */
  predicted: number;
  /** The share of it that was right. */
  observed: number;
  /** The interval of that share. */
  low: number;
  high: number;
  n: number;
}

const UNIT = { domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] } as const;

/** What was predicted against what came true; on the diagonal both agree. */
export default function ReliabilityPlot({ bins }: { bins: readonly ReliabilityBin[] }) {
  const points = bins.map((bin) => ({
    predicted: bin.predicted,
    observed: bin.observed,
    interval: [bin.observed - bin.low, bin.high - bin.observed],
  }));
  const tenth = (value: number) => value.toFixed(1);
  return (
    <ScatterChart
      {...QUIET}
      data={[{ name: "Observed", color: COLOUR.first, data: points as never }]}
      dataKey={{ x: "predicted", y: "observed" }}
      labels={{ x: "Predicted", y: "Observed" }}
      xAxisLabel="Predicted"
      yAxisLabel="Observed"
      gridAxis="xy"
      xAxisProps={{ ...UNIT, ticks: [...UNIT.ticks], domain: [0, 1], tickFormatter: tenth }}
      yAxisProps={{ ...UNIT, ticks: [...UNIT.ticks], domain: [0, 1], tickFormatter: tenth, width: 50 }}
      valueFormatter={{ x: (value) => value.toFixed(2), y: (value) => value.toFixed(2) }}
      referenceLines={[
        {
          segment: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
          color: "var(--faint)",
          strokeDasharray: "5 4",
        },
      ]}
      scatterProps={{
        children: (
          <ErrorBar
            dataKey="interval"
            direction="y"
            width={8}
            strokeWidth={1.5}
            stroke={COLOUR.first}
            isAnimationActive={false}
          />
        ),
      }}
    />
  );
}
