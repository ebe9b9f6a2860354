import { useState } from "react";
import { useGuardedLeave } from "../shell/LeaveGuard";

export interface Draft<T> {
  value: T;
  set: <K extends keyof T>(field: K, value: T[K]) => void;
  /** Whether something differs from what is stored. */
  changed: boolean;
  /** The fields that differ, with their new values. */
  changes: Partial<T>;
  reset: () => void;
  /** These were saved: what has been typed since stays. */
  settle: (saved: Partial<T>) => void;
}

/** A form's text while it is written; `stored` is what the desk has. Leaving with changes asks first. */
export function useDraft<T extends object>(stored: T): Draft<T> {
  const [edits, setEdits] = useState<Partial<T>>({});
  const changes = Object.fromEntries(
    Object.entries(edits).filter(([field, value]) => !same(value, stored[field as keyof T])),
  ) as Partial<T>;
  const changed = Object.keys(changes).length > 0;
  useGuardedLeave(changed);
  return {
    value: { ...stored, ...edits },
    set: (field, value) => setEdits((now) => ({ ...now, [field]: value })),
    changed,
    changes,
    reset: () => setEdits({}),
    settle: (saved) =>
      setEdits(
        (now) =>
          Object.fromEntries(
            Object.entries(now).filter(([field, value]) => !same(value, saved[field as keyof T])),
          ) as Partial<T>,
      ),
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
