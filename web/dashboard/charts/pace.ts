// How fast long work goes, and when it will be done.

export interface Sample {
  /** Milliseconds. */
  at: number;
  done: number;
}

export interface Pace {
  perSecond: number;
  /** Null where the end is not known. */
  secondsLeft: number | null;
}

/** How far back one looks: a pause shows soon, and a single slow step does not shake the figure. */
const WINDOW = 60_000;
const SHORTEST = 2_000;

/** The samples that still count, with a new one; work that began again forgets the ones before. */
export function sampled(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && (next.done < last.done || next.at < last.at)) return [next];
  return [...samples.filter((one) => next.at - one.at <= WINDOW), next];
}

/** The pace of the last minute; null until there is enough to tell. */
export function paceOf(samples: readonly Sample[], total: number | null): Pace | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < SHORTEST) return null;
  const perSecond = ((last.done - first.done) / (last.at - first.at)) * 1000;
  if (perSecond <= 0) return null;
  return { perSecond, secondsLeft: total === null ? null : Math.max(0, total - last.done) / perSecond };
}
