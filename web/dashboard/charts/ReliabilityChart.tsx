import { ChartCard } from "./ChartCard";
import type { Column } from "./columns";
import { ReliabilityPlot } from "./late";
import type { ReliabilityBin } from "./plots/ReliabilityPlot";
import { count } from "./words";

const two = (value: number) => value.toFixed(2);

const COLUMNS: readonly Column<ReliabilityBin>[] = [
  { name: "Predicted", of: (bin) => bin.predicted, show: (bin) => two(bin.predicted) },
  { name: "Observed", of: (bin) => bin.observed, show: (bin) => two(bin.observed) },
  { name: "From", of: (bin) => bin.low, show: (bin) => two(bin.low) },
  { name: "To", of: (bin) => bin.high, show: (bin) => two(bin.high) },
  { name: "n", of: (bin) => bin.n, show: (bin) => count(bin.n) },
];

/** A reliability diagram: how often the assistant is right when it says how sure it is. */
export function ReliabilityChart(props: { title: string; file: string; bins: readonly ReliabilityBin[] }) {
  const bins = props.bins.filter((bin) => bin.n > 0);
  return (
    <ChartCard
      title={props.title}
      file={props.file}
      says={sentence(bins)}
      columns={COLUMNS}
      rows={bins}
      height={320}
      {...(bins.length === 0 && { nothing: "Nothing has been measured yet." })}
    >
      <ReliabilityPlot bins={bins} />
    </ChartCard>
  );
}

/** The expected calibration error: how far predicted and observed lie apart, weighed by n. */
export function calibrationError(bins: readonly ReliabilityBin[]): number | null {
  const all = bins.reduce((sum, bin) => sum + bin.n, 0);
  if (all === 0) return null;
  return bins.reduce((sum, bin) => sum + (bin.n / all) * Math.abs(bin.predicted - bin.observed), 0);
}

function sentence(bins: readonly ReliabilityBin[]): string {
  const apart = bins.filter((bin) => bin.predicted < bin.low || bin.predicted > bin.high).length;
  return (
    `Predicted and observed differ by ${two(calibrationError(bins) ?? 0)} on average; ` +
    `the diagonal lies outside the interval of ${apart} of ${bins.length} groups.`
  );
}
