import { isMissing } from "../reads";
import type { DocumentRow } from "../shapes";

const AT_ONCE = 2;

/** How many were done, and which were not. */
export interface Outcome {
  done: number;
  failed: { one: DocumentRow; error: unknown }[];
}

/** Do something with each document, two at a time; one that is gone already counts as done. */
export async function eachOf(
  rows: readonly DocumentRow[],
  onProgress: (done: number) => void,
  act: (row: DocumentRow) => Promise<unknown>,
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failed: [] };
  const left = [...rows];
  const work = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      try {
        await act(one);
      } catch (error) {
        if (!isMissing(error)) {
          outcome.failed.push({ one, error });
          continue;
        }
      }
      outcome.done += 1;
      onProgress(outcome.done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}
