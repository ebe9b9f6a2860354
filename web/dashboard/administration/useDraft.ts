import { useEffect, useState } from "react";
import { useGuardedLeave } from "../shell/LeaveGuard";

export interface Draft<T> {
  value: T;
  set: <K extends keyof T>(field: K, value: T[K]) => void;
  /** Whether something differs from what is stored. */
  changed: boolean;
  /** The fields that differ, with their new values. */
  changes: Partial<T>;
  reset: () => void;
}

/** A form's text while it is written; `stored` is what the desk has. Leaving with changes asks first. */
export function useDraft<T extends object>(stored: T): Draft<T> {
  const [edits, setEdits] = useState<Partial<T>>({});
  const changes = Object.fromEntries(
    Object.entries(edits).filter(([field, value]) => !same(value, stored[field as keyof T])),
  ) as Partial<T>;
  const changed = Object.keys(changes).length > 0;
  useGuardedLeave(changed);
  const key = JSON.stringify(stored);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was saved is no edit any more
  useEffect(() => {
    setEdits((now) => (Object.keys(now).length > 0 && !changed ? {} : now));
  }, [key]);
  return {
    value: { ...stored, ...edits },
    set: (field, value) => setEdits((now) => ({ ...now, [field]: value })),
    changed,
    changes,
    reset: () => setEdits({}),
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
