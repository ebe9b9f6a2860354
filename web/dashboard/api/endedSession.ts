// A session that ends by itself: what is on screen stays, its writer signs in again, and what was asked goes on.

import { useSyncExternalStore } from "react";

let ended: { back: Promise<boolean>; settle: (same: boolean) => void } | null = null;
const hearers = new Set<() => void>();
// Sessions are counted, so that an answer meant for one that is over is told from one of the present.
let present = 0;
let changedAt = 0;

/** The number of the present session, to be kept with a request that is sent in it. */
export function presentSession(): number {
  return present;
}

/** The desk does not know the session `sentIn` any more; tells whether the same account is back.
 *
 * Where another session has begun since then, nobody has to sign in for it again.
 * Nobody is waited for where no screen of an account is shown.
 */
export function endSession(sentIn: number): Promise<boolean> {
  if (sentIn !== present) return Promise.resolve(sentIn >= changedAt);
  if (hearers.size === 0) return Promise.resolve(false);
  if (!ended) {
    let settle: (same: boolean) => void = () => undefined;
    const back = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    ended = { back, settle };
    tell();
  }
  return ended.back;
}

/** Somebody has signed in: whoever had been there, or somebody else. */
export function resumeSession(same: boolean): void {
  present += 1;
  if (!same) changedAt = present;
  ended?.settle(same);
  ended = null;
  tell();
}

/** Whether somebody must sign in again before anything is done. */
export function useSessionEnded(): boolean {
  return useSyncExternalStore(subscribe, () => ended !== null);
}

function tell(): void {
  for (const hear of hearers) hear();
}

function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  return () => {
    hearers.delete(hear);
    // The account's screens are gone, and with them whatever waited for it.
    if (hearers.size === 0) resumeSession(false);
  };
}
