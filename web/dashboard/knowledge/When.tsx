import { ago } from "../../common/ago";

const exact = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const RECENT = 30 * 86_400_000;

/** When something was: in words while it is recent, with the exact moment in its title. */
export function When({ at }: { at: string }) {
  const moment = new Date(at);
  return (
    <time dateTime={at} title={exact.format(moment)}>
      {Date.now() - moment.getTime() < RECENT ? ago(at) : day.format(moment)}
    </time>
  );
}
