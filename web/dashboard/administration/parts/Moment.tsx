import { ago } from "../../../common/ago";

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** The exact moment, by this browser's clock. */
export function exactly(moment: string): string {
  return EXACT.format(new Date(moment));
}

/** How long ago something was; the exact moment is in its title. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at)}
    </time>
  );
}

const AHEAD = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const HOUR = 3_600_000;

/** How far ahead a moment is, in words; null where it has passed. */
export function ahead(moment: string, now = Date.now()): string | null {
  const left = Date.parse(moment) - now;
  if (left <= 0) return null;
  if (left < HOUR) return AHEAD.format(Math.ceil(left / 60_000), "minute");
  return left < 48 * HOUR
    ? AHEAD.format(Math.round(left / HOUR), "hour")
    : AHEAD.format(Math.round(left / (24 * HOUR)), "day");
}
