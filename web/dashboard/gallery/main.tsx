// Components that no page of the dashboard shows yet, with made-up data, for tests. It is not part of the product.

import { MantineProvider, SimpleGrid } from "@mantine/core";
import { createRoot } from "react-dom/client";
import { ChartCard } from "../charts/ChartCard";
import { IntervalsChart } from "../charts/IntervalsChart";
import { LinesPlot } from "../charts/late";
import { ReliabilityChart } from "../charts/ReliabilityChart";
import { percent } from "../charts/words";
import { FollowedProgress } from "../migration/FollowedProgress";
import { ReportPage } from "../migration/ReportPage";
import { pageNonce } from "../nonce";
import { theme } from "../theme";
import "../mantine.css";
import "../global.css";

const EVIDENCE = {
  data: "made-up questions",
  n: 120,
  madeAt: "2026-01-02T03:04:05Z",
  command: "aichatdesk eval compare A B",
  hash: "0123456789abcdef".repeat(4),
};

const BINS = [0.15, 0.35, 0.55, 0.75, 0.92].map((predicted, place) => ({
  predicted,
  observed: predicted - 0.08 + place * 0.03,
  low: Math.max(0, predicted - 0.2 + place * 0.03),
  high: Math.min(1, predicted + 0.05 + place * 0.03),
  n: 10 + place * 14,
}));

const DIFFERENCES = [
  { name: "Right facts", value: 0.04, low: -0.03, high: 0.11, n: 120 },
  { name: "Right refusals", value: -0.09, low: -0.17, high: -0.01, n: 120 },
  { name: "Language", value: 0, low: -0.02, high: 0.02, n: 120 },
];

const STEPS = [1, 2, 4, 8, 16, 32].map((visitors) => ({
  visitors: String(visitors),
  local: 0.4 + visitors * 0.09,
  cloud: visitors > 8 ? null : 0.9,
}));

const SERIES = [
  { key: "local", name: "Local", tone: "first", line: true },
  { key: "cloud", name: "Cloud", tone: "second", line: true },
] as const;

function Gallery() {
  return (
    <ReportPage
      title="Components for evidence"
      about="Every figure on this page is made up."
      evidence={EVIDENCE}
      verdict={{ is: "not enough evidence", why: "Three of eleven lines have no data." }}
    >
      <FollowedProgress name="Index" unit="chunks" address="./work" every={50} />
      <SimpleGrid cols={{ base: 1, md: 2 }} mt="lg">
        <ReliabilityChart title="Calibration" file="calibration" bins={BINS} />
        <IntervalsChart
          title="New against old"
          says="Right refusals are fewer: −9 %, −17 % to −1 %."
          file="comparison"
          rows={DIFFERENCES}
          scale={{ from: -0.3, to: 0.3, ticks: [-0.3, -0.15, 0, 0.15, 0.3] }}
          format={(value) => (value < 0 ? `−${percent(-value)}` : percent(value))}
          more={[{ name: "n", of: (row) => row.n }]}
          mark={0}
        />
        <ChartCard
          title="First words, by visitors at once"
          says="3.3 s with 32 visitors; the cloud was measured with up to 8."
          file="first-words"
          rows={STEPS}
          columns={[
            { name: "Visitors", of: (row) => row.visitors },
            { name: "Local, s", of: (row) => row.local },
            { name: "Cloud, s", of: (row) => row.cloud },
          ]}
          legend={SERIES}
        >
          <LinesPlot rows={STEPS} x="visitors" series={SERIES} format={(value) => `${value.toFixed(1)} s`} />
        </ChartCard>
        <ReliabilityChart title="Calibration without labels" file="none" bins={[]} />
      </SimpleGrid>
    </ReportPage>
  );
}

const root = document.getElementById("app");
if (root)
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={pageNonce}>
      <Gallery />
    </MantineProvider>,
  );
