// The figures that stand on top of the page, each beside the one of the period before.

import { count, duration, many, percent, rating, share } from "../charts/words";
import type { Report } from "./shapes";

export interface Figure {
  name: string;
  value: string;
  /** Of how many, or how many of them. */
  detail: string;
  change: Change | null;
}

export interface Change {
  /** "+12 %". */
  words: string;
  /** Whether it is welcome; null where that cannot be said. */
  good: boolean | null;
}

type Better = "more" | "less" | null;

export function figures(now: Report, before: Report | undefined): Figure[] {
  const figure = (
    name: string,
    of: (report: Report) => number | null,
    show: (value: number | null) => string,
    detail: string,
    compare: typeof relative,
    better: Better,
  ): Figure => ({
    name,
    value: show(of(now)),
    detail,
    change: before ? compare(of(now), of(before), better) : null,
  });
  const { totals, feedback } = now;
  const judged = feedback.helpful + feedback.notHelpful;
  return [
    figure("Chats", chats, (n) => count(n ?? 0), `${count(totals.open)} still open`, relative, null),
    figure(
      "Answered by the assistant alone",
      (one) => share(one.totals.byAssistant, chats(one)),
      percent,
      many(totals.byAssistant, "chat"),
      points,
      "more",
    ),
    figure(
      "Handed over to people",
      (one) => share(one.totals.handedOver, chats(one)),
      percent,
      many(totals.handedOver, "chat"),
      points,
      null,
    ),
    figure(
      "First words, assistant",
      (one) => one.responseTimes.assistantMedianSeconds,
      duration,
      "median",
      relative,
      "less",
    ),
    figure(
      "First words, people",
      (one) => one.responseTimes.peopleMedianSeconds,
      duration,
      "median",
      relative,
      "less",
    ),
    figure(
      "Average rating",
      (one) => one.totals.averageRating,
      rating,
      `of 5, from ${many(totals.rated, "rating")}`,
      stars,
      "more",
    ),
    figure(
      "Helpful answers",
      (one) => share(one.feedback.helpful, one.feedback.helpful + one.feedback.notHelpful),
      percent,
      `of ${count(judged)} that were judged`,
      points,
      "more",
    ),
  ];
}

const chats = (report: Report) => report.totals.chats;

/** How much more or less, in percent of what was. */
export function relative(now: number | null, before: number | null, better: Better): Change | null {
  if (now === null || before === null || before === 0) return null;
  return changed(((now - before) / before) * 100, 0, " %", better);
}

/** The difference of two shares, in percentage points. */
function points(now: number | null, before: number | null, better: Better): Change | null {
  if (now === null || before === null) return null;
  const difference = (now - before) * 100;
  return changed(difference, 0, Math.round(Math.abs(difference)) === 1 ? " point" : " points", better);
}

function stars(now: number | null, before: number | null, better: Better): Change | null {
  if (now === null || before === null) return null;
  return changed(now - before, 1, "", better);
}

function changed(difference: number, places: number, unit: string, better: Better): Change {
  const size = Math.abs(difference).toFixed(places);
  if (Number(size) === 0) return { words: "no change", good: null };
  const more = difference > 0;
  return {
    words: `${more ? "+" : "−"}${size}${unit}`,
    good: better === null ? null : (better === "more") === more,
  };
}
