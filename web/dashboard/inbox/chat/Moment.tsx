const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const DAY = 86_400_000;

/** The time of day; the exact moment in its title. */
export function Moment({ at }: { at: string }) {
  const moment = new Date(at);
  return (
    <time dateTime={at} title={exact.format(moment)}>
      {time.format(moment)}
    </time>
  );
}

/** A moment in full, for titles. */
export function exactly(at: string): string {
  return exact.format(new Date(at));
}

/** The day of a moment here, as a number that is the same for the whole day. */
export function dayOf(at: string): number {
  const moment = new Date(at);
  return Math.floor((moment.getTime() - moment.getTimezoneOffset() * 60_000) / DAY);
}

export function dayName(at: string, now = new Date().toISOString()): string {
  const before = dayOf(now) - dayOf(at);
  if (before === 0) return "Today";
  return before === 1 ? "Yesterday" : day.format(new Date(at));
}
