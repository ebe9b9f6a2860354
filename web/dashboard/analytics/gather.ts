// Long periods are drawn by weeks: hundreds of bars beside each other cannot be read.

import type { Day } from "./shapes";

const MOST_BARS = 100;
const DAY = 86_400_000;

/** A bar of the chart: a day, or the week that begins on it (Mondays). */
export interface Bar extends Day {
  neither: number;
}

export function barsOf(days: readonly Day[]): { by: "day" | "week"; bars: Bar[] } {
  if (days.length <= MOST_BARS) return { by: "day", bars: days.map(withRest) };
  const weeks = new Map<string, Day>();
  for (const one of days) {
    const start = mondayOf(one.day);
    const week = weeks.get(start) ?? { day: start, chats: 0, byAssistant: 0, byPeople: 0 };
    weeks.set(start, {
      day: start,
      chats: week.chats + one.chats,
      byAssistant: week.byAssistant + one.byAssistant,
      byPeople: week.byPeople + one.byPeople,
    });
  }
  return { by: "week", bars: [...weeks.values()].map(withRest) };
}

/** Chats in which neither has written: visitors who left, or who still wait. */
export function withRest(day: Day): Bar {
  return { ...day, neither: Math.max(0, day.chats - day.byAssistant - day.byPeople) };
}

function mondayOf(day: string): string {
  const moment = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(moment).getUTCDay() + 6) % 7;
  return new Date(moment - sinceMonday * DAY).toISOString().slice(0, 10);
}
