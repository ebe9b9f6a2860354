// When booked calls are, by the clock of whoever looks.

import type { BookedMeeting } from "../shapes";

const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const HOURS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** The name of this browser's time zone. */
export function zoneHere(): string {
  return DAY.resolvedOptions().timeZone;
}

/** "09:00 – 09:30"; a meeting over midnight ends on the next day's clock. */
export function hoursOf({ start, end }: { start: string; end: string }): string {
  return `${HOURS.format(new Date(start))} – ${HOURS.format(new Date(end))}`;
}

/** The meetings of each day, in the order in which they are given. */
export function byDay(meetings: readonly BookedMeeting[]): { day: string; meetings: BookedMeeting[] }[] {
  const days: { day: string; meetings: BookedMeeting[] }[] = [];
  for (const meeting of meetings) {
    const day = DAY.format(new Date(meeting.start));
    const last = days.at(-1);
    if (last?.day === day) last.meetings.push(meeting);
    else days.push({ day, meetings: [meeting] });
  }
  return days;
}
