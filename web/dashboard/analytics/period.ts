// Which days are looked at, as they stand in the page's address; days are those of UTC, as the desk counts.

import { day } from "../charts/words";

const DAY = 86_400_000;
export const PRESETS = [7, 30, 90] as const;
const USUAL = 30;
/** The desk answers for no more. */
export const MOST_DAYS = 1830;

export interface Period {
  /** The first and the last day, "2026-11-03". */
  from: string;
  to: string;
  days: number;
  /** The number of days up to today, where no dates were chosen. */
  preset: number | null;
}

export type Chosen = Period | { fault: { field: "from" | "to"; says: string }; from: string; to: string };

/** The period that an address names; dates that cannot be are a fault with the field's name. */
export function periodOf(query: URLSearchParams, now: number): Chosen {
  if (!query.has("from") && !query.has("to")) {
    const asked = Number(query.get("days"));
    const preset = PRESETS.find((one) => one === asked) ?? USUAL;
    return { from: dayOf(now - (preset - 1) * DAY), to: dayOf(now), days: preset, preset };
  }
  const from = query.get("from") ?? "";
  const to = query.get("to") ?? "";
  const fault = (field: "from" | "to", says: string) => ({ fault: { field, says }, from, to });
  if (!isDay(from)) return fault("from", "Choose the first day.");
  if (!isDay(to)) return fault("to", "Choose the last day.");
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  if (days < 1) return fault("to", "The last day is before the first.");
  if (days > MOST_DAYS) return fault("from", `At most ${MOST_DAYS} days can be looked at.`);
  return { from, to, days, preset: null };
}

/** What to ask the desk for; a period that is not over yet ends now. */
export function bounds({ from, to }: Period, now: number): { startDate: string; endDate: string } {
  const end = Math.min(Date.parse(to) + DAY - 1, Math.max(now, Date.parse(from)));
  return { startDate: new Date(Date.parse(from)).toISOString(), endDate: new Date(end).toISOString() };
}

/** The same length of time before it: of a day that is not over yet, only so much of the day then. */
export function boundsBefore(period: Period, now: number): { startDate: string; endDate: string } {
  const { startDate, endDate } = bounds(period, now);
  const back = (moment: string) => new Date(Date.parse(moment) - period.days * DAY).toISOString();
  return { startDate: back(startDate), endDate: back(endDate) };
}

/** "3 Nov to 2 Dec 2026". */
export function inWords({ from, to }: { from: string; to: string }): string {
  if (from === to) return day(from, true);
  return `${day(from, from.slice(0, 4) !== to.slice(0, 4))} to ${day(to, true)}`;
}

/** The period before in words. */
export function wordsBefore(period: Period): string {
  const back = (date: string) => dayOf(Date.parse(date) - period.days * DAY);
  return inWords({ from: back(period.from), to: back(period.to) });
}

export function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const moment = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(moment) && dayOf(moment) === text;
}
