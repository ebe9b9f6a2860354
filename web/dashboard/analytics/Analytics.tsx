import { Button } from "@mantine/core";
import { IconChartBar, IconPrinter } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { ask } from "../api/call";
import { Page } from "../parts/Page";
import { Empty, Failed, Waiting } from "../parts/States";
import classes from "./Analytics.module.css";
import * as charts from "./Charts";
import { Figures } from "./Figures";
import { PeriodPicker } from "./PeriodPicker";
import { bounds, boundsBefore, dayOf, inWords, type Period, periodOf, wordsBefore } from "./period";
import { Questions } from "./Questions";
import type { Report } from "./shapes";
import { figures } from "./summary";

/** How the chats of a period went. */
export default function Analytics() {
  const [query] = useSearchParams();
  const [now] = useState(Date.now);
  const chosen = useMemo(() => periodOf(query, now), [query, now]);
  // While the dates in the fields cannot be, what was shown stays.
  const [last, setLast] = useState<Period | null>(null);
  if (!("fault" in chosen) && chosen !== last) setLast(chosen);
  const period = "fault" in chosen ? last : chosen;
  return (
    <Page
      title="Analytics"
      about={period ? `Chats that began from ${inWords(period)}.` : "Chats by the day on which they began."}
      wide
      actions={
        <Button
          variant="default"
          className={classes.tools}
          leftSection={<IconPrinter size={17} stroke={1.7} aria-hidden />}
          onClick={() => window.print()}
        >
          Print
        </Button>
      }
    >
      <div className={classes.picker}>
        <PeriodPicker chosen={chosen} today={dayOf(now)} />
      </div>
      {period && <OfPeriod period={period} />}
    </Page>
  );
}

function useReport(of: Period, limits: typeof bounds, name: string) {
  return useQuery({
    queryKey: ["analytics", name, of.from, of.to],
    queryFn: ({ signal }) => ask.get("/api/v1/analytics", { query: limits(of, Date.now()), signal }),
    placeholderData: keepPreviousData,
  });
}

function OfPeriod({ period }: { period: Period }) {
  const report = useReport(period, bounds, "here");
  const before = useReport(period, boundsBefore, "before");
  if (report.isPending) return <Waiting what="Counting chats" />;
  if (report.isError && !report.data)
    return <Failed error={report.error} onRetry={() => void report.refetch()} />;
  const { data } = report;
  const compared = before.isPlaceholderData ? undefined : before.data;
  return (
    <div className={classes.fresh} data-old={report.isPlaceholderData || undefined} aria-live="polite">
      {report.isError && <Failed error={report.error} onRetry={() => void report.refetch()} />}
      {data.totals.chats === 0 ? (
        <Empty icon={<IconChartBar />} title="No chats in this period">
          Their volumes, answers, ratings and questions would be here. Choose a longer period, or come back
          when visitors have written.
        </Empty>
      ) : (
        <Shown report={data} before={compared} period={period} />
      )}
    </div>
  );
}

const CHARTS = [
  [charts.Volume, "whole"],
  [charts.Reasons, "half"],
  [charts.Confidence, "half"],
  [charts.ResponseTimes, "half"],
  [charts.Hours, "half"],
  [charts.Ratings, "third"],
  [charts.Categories, "third"],
  [charts.Languages, "third"],
] as const;

function Shown(props: { report: Report; before: Report | undefined; period: Period }) {
  const { report, period } = props;
  const file = (name: string) => `${name}-${period.from}-to-${period.to}`;
  const given = { report, file };
  return (
    <>
      <Figures
        figures={figures(report, props.before)}
        before={wordsBefore(period)}
        compared={props.before && props.before.totals.chats > 0}
      />
      <div className={classes.charts}>
        {CHARTS.map(([Chart, part], place) => (
          <div key={place} data-part={part}>
            <Chart {...given} />
          </div>
        ))}
        <div>
          <Questions questions={report.questions} file={file("common-questions")} />
        </div>
      </div>
    </>
  );
}
