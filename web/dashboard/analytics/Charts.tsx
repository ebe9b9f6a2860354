// Each chart of the page with its sentence.

import { BarList } from "../charts/BarList";
import { ChartCard } from "../charts/ChartCard";
import type { Column } from "../charts/columns";
import { IntervalsChart } from "../charts/IntervalsChart";
import { BarsPlot, HistogramPlot } from "../charts/late";
import type { Scale } from "../charts/plots/IntervalsPlot";
import { count, day, duration, language, many, named, percent, share } from "../charts/words";
import { type Bar, barsOf, withRest } from "./gather";
import { reasonInWords } from "./reasons";
import type { Report } from "./shapes";

interface Props {
  report: Report;
  /** The file of a chart by its name. */
  file: (name: string) => string;
}

const WHO = [
  { key: "byAssistant", name: "Assistant alone", tone: "first" },
  { key: "byPeople", name: "People", tone: "second" },
  { key: "neither", name: "No answer", tone: "third" },
] as const;

const DAYS: readonly Column<Bar>[] = [
  { name: "Day", of: (row) => row.day, show: (row) => day(row.day, true) },
  { name: "Chats", of: (row) => row.chats },
  ...WHO.map(({ key, name }) => ({ name, of: (row: Bar) => row[key] })),
];

export function Volume({ report, file }: Props) {
  const { by, bars } = barsOf(report.days);
  const busiest = bars.reduce((most, bar) => (bar.chats > most.chats ? bar : most));
  return (
    <ChartCard
      title={`Chats per ${by}`}
      says={
        `${many(report.totals.chats, "chat")}; the busiest ${by} ${by === "day" ? "was" : "began on"} ` +
        `${day(busiest.day, true)} with ${count(busiest.chats)}.`
      }
      columns={DAYS}
      rows={report.days.map(withRest)}
      file={file("chats-per-day")}
      legend={WHO}
      height={260}
      wide
    >
      <BarsPlot rows={bars as never} x="day" series={WHO} stacked xFormat={(date) => day(date)} />
    </ChartCard>
  );
}

interface Hour {
  hour: string;
  chats: number;
}

export function Hours({ report, file }: Props) {
  const rows = report.hours.map(
    (chats, hour): Hour => ({ hour: `${String(hour).padStart(2, "0")}:00`, chats }),
  );
  const busiest = rows.reduce((most, row) => (row.chats > most.chats ? row : most));
  return (
    <ChartCard
      title="Chats by hour"
      says={`The busiest hour begins at ${busiest.hour} UTC: ${many(busiest.chats, "chat")}.`}
      columns={[
        { name: "Hour (UTC)", of: (row: Hour) => row.hour },
        { name: "Chats", of: (row: Hour) => row.chats },
      ]}
      rows={rows}
      file={file("chats-by-hour")}
    >
      <BarsPlot rows={rows as never} x="hour" series={[{ key: "chats", name: "Chats", tone: "first" }]} />
    </ChartCard>
  );
}

export function Reasons({ report, file }: Props) {
  const rows = report.handOverReasons.map((one) => ({ name: reasonInWords(one.reason), count: one.count }));
  const sum = rows.reduce((all, row) => all + row.count, 0);
  return (
    <BarList
      title="Why chats were handed over"
      says={`${many(sum, "hand-over")}, most often: ${rows[0]?.name ?? ""} (${percent(share(rows[0]?.count ?? 0, sum))}).`}
      of={["Reason", "Hand-overs"]}
      rows={rows}
      file={file("hand-over-reasons")}
      {...(rows.length === 0 && { nothing: "No chat was handed over in this period." })}
    />
  );
}

// A scale in steps of ten has no place for nothing at all.
const LEAST = 0.1;
const TIMES = [LEAST, 1, 10, 60, 600, 3600, 86_400];

/** How long visitors wait for the first words; the line reaches to nine in ten. */
export function ResponseTimes({ report, file }: Props) {
  const { responseTimes: times } = report;
  const rows = [
    timesOf("Assistant", times.assistantMedianSeconds, times.assistantP90Seconds),
    timesOf("People", times.peopleMedianSeconds, times.peopleP90Seconds),
  ].filter((row) => row !== null);
  return (
    <IntervalsChart
      title="Time to the first words"
      says={`Half of the answers begin within ${rows
        .map((row) => `${duration(row.value)} (${row.name.toLowerCase()})`)
        .join(" and ")}; the lines reach to nine in ten. Each step is several times longer.`}
      names={["Half within", null, "Nine in ten within"]}
      unit="seconds"
      rows={rows}
      file={file("response-times")}
      format={duration}
      scale={scaleOf(rows)}
      {...(rows.length === 0 && { nothing: "Nobody was answered in this period." })}
    />
  );
}

function scaleOf(rows: readonly { low: number; high: number }[]): Scale {
  const least = Math.min(...rows.map((row) => row.low));
  const most = Math.max(...rows.map((row) => row.high));
  const from = TIMES.findLast((time) => time <= least) ?? LEAST;
  const to = TIMES.find((time) => time >= most && time > from) ?? most;
  return { from, to, ticks: TIMES.filter((time) => time >= from && time <= to), logarithmic: true };
}

function timesOf(name: string, median: number | null, p90: number | null) {
  if (median === null) return null;
  const value = Math.max(LEAST, median);
  return { name, value, low: value, high: Math.max(value, p90 ?? value) };
}

export function Ratings({ report, file }: Props) {
  const rows = [...report.ratings].sort((one, other) => other.rating - one.rating);
  const { averageRating, rated } = report.totals;
  return (
    <BarList
      title="Ratings"
      says={`${averageRating?.toFixed(1) ?? "–"} of 5 on average, from ${many(rated, "rating")}.`}
      of={["Rating", "Chats"]}
      rows={rows.map((one) => ({ name: `${one.rating} of 5`, count: one.count }))}
      file={file("ratings")}
      {...(rated === 0 && { nothing: "No chat of this period has been rated." })}
    />
  );
}

type Tenth = Report["confidence"][number];

export function Confidence({ report, file }: Props) {
  const { confidence, threshold } = report;
  const all = confidence.reduce((sum, bin) => sum + bin.count, 0);
  const top = confidence.reduce((most, bin) => (bin.count > most.count ? bin : most), confidence[0] as Tenth);
  return (
    <ChartCard
      title="How sure the assistant was"
      says={
        `${many(all, "answer")} from documents; most often with a confidence of ` +
        `${top?.from.toFixed(1)} to ${top?.to.toFixed(1)}. Below ${threshold.toFixed(2)} a chat is handed over now.`
      }
      columns={[
        { name: "Confidence from", of: (bin: Tenth) => bin.from },
        { name: "to", of: (bin: Tenth) => bin.to },
        { name: "Answers", of: (bin: Tenth) => bin.count },
      ]}
      rows={confidence}
      file={file("confidence")}
      legend={[
        { name: "At or above the threshold", tone: "first" },
        { name: "Below the threshold", tone: "second" },
      ]}
      {...(all === 0 && { nothing: "The assistant has answered nothing from documents in this period." })}
    >
      <HistogramPlot bins={confidence} threshold={threshold} />
    </ChartCard>
  );
}

export function Categories({ report, file }: Props) {
  const rows = report.categories.map((one) => ({ name: named(one.category), count: one.count }));
  return (
    <BarList
      title="Categories"
      says={`Most often about: ${rows[0]?.name.toLowerCase() ?? ""}.`}
      of={["Category", "Chats"]}
      rows={rows}
      file={file("categories")}
      {...(rows.length === 0 && { nothing: "No chat of this period has a category." })}
    />
  );
}

export function Languages({ report, file }: Props) {
  const rows = report.languages.map((one) => ({ name: language(one.language), count: one.count }));
  return (
    <BarList
      title="Languages"
      says={`Visitors wrote in ${many(rows.length, "language")}, most often in ${rows[0]?.name ?? ""}.`}
      of={["Language", "Chats"]}
      rows={rows}
      file={file("languages")}
      {...(rows.length === 0 && { nothing: "No language was recognised in this period." })}
    />
  );
}
