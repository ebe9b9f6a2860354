// Figures as people read them.

const counts = new Intl.NumberFormat("en");
const languages = new Intl.DisplayNames("en", { type: "language", fallback: "code" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const wholeDays = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

const NOTHING = "–";

export function count(value: number): string {
  return counts.format(value);
}

/** "1 chat", "2 chats". */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** A part of a whole; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** A share from 0 to 1 as "37 %"; what is there but rounds to nothing is "< 1 %". */
export function percent(value: number | null): string {
  if (value === null) return NOTHING;
  if (value > 0 && value < 0.01) return "< 1 %";
  return `${Math.round(value * 100)} %`;
}

/** A length of time: "0.4 s", "48 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NOTHING;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(large: number, name: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${name}` : `${large} ${name} ${small} ${smaller}`;
}

/** "4.3"; nothing where nobody rated. */
export function rating(value: number | null): string {
  return value === null ? NOTHING : value.toFixed(1);
}

/** A day of the calendar ("2026-11-03") as "3 Nov", or with its year. */
export function day(date: string, withYear = false): string {
  const moment = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(moment)) return date;
  return (withYear ? wholeDays : days).format(moment);
}

/** The name of a language from its code. */
export function language(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code; // no language has such a code
  }
}

/** A word of the wire ("feature_request") as a name ("Feature request"). */
export function named(word: string): string {
  const text = word.replaceAll("_", " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
