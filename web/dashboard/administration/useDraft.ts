import { useState } from "react";
import { Refused } from "../../protocol/refused";
import { useGuardedLeave } from "../shell/LeaveGuard";
import { applied, type Edit, same } from "./edits";

export interface Draft<T> {
  value: T;
  set: <K extends keyof T>(field: K, value: T[K]) => void;
  /** Whether something differs from what is stored. */
  changed: boolean;
  /** The fields that differ, with their new values. */
  changes: Partial<T>;
  /** The changes to what was read just now; where somebody else has changed the same, `Refused`, but once only. */
  over: (fresh: T) => Partial<T>;
  reset: () => void;
  /** These were saved: what has been typed since stays. */
  settle: (saved: Partial<T>) => void;
}

type Edits<T> = { [K in keyof T]?: Edit<T[K]> };

/** A form's text while it is written; `stored` is what the desk has. Leaving with changes asks first. */
export function useDraft<T extends object>(stored: T): Draft<T> {
  const [edits, setEdits] = useState<Edits<T>>({});
  const { changes } = changesTo(stored, edits);
  const changed = Object.keys(changes).length > 0;
  useGuardedLeave(changed);
  return {
    value: { ...stored, ...changes },
    set: (field, value) =>
      setEdits((now) => ({ ...now, [field]: { value, over: now[field]?.over ?? stored[field] } })),
    changed,
    changes,
    over: (fresh) => {
      const { changes, clashing } = changesTo(fresh, edits);
      if (clashing.length === 0) return changes;
      // Whoever saves once more has been told.
      setEdits((now) => ({ ...now, ...rebased(now, fresh, clashing) }));
      throw new Refused(409, CHANGED_MEANWHILE);
    },
    reset: () => setEdits({}),
    settle: (saved) =>
      setEdits((now) => {
        const open = Object.entries(now).filter(([name, edit]) => {
          const kept = saved[name as keyof T];
          return !same(applied(kept, edit as Edit<typeof kept>).value, kept);
        });
        return Object.fromEntries(open) as Edits<T>;
      }),
  };
}

const CHANGED_MEANWHILE =
  "Somebody else has changed the same meanwhile. What you wrote is still here: save again to put it in place of theirs, or discard it to see theirs.";

function changesTo<T extends object>(stored: T, edits: Edits<T>) {
  const changes: Partial<T> = {};
  const clashing: (keyof T)[] = [];
  for (const field of Object.keys(edits) as (keyof T)[]) {
    const edit = edits[field];
    if (!edit) continue;
    const { value, clashes } = applied(stored[field], edit);
    if (!same(value, stored[field])) changes[field] = value;
    if (clashes) clashing.push(field);
  }
  return { changes, clashing };
}

function rebased<T extends object>(edits: Edits<T>, fresh: T, fields: readonly (keyof T)[]): Edits<T> {
  const now: Edits<T> = {};
  for (const field of fields) {
    const edit = edits[field];
    if (edit) now[field] = { value: applied(fresh[field], edit).value, over: fresh[field] };
  }
  return now;
}
