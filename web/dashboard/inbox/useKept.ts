import { useState } from "react";
import { keep, kept } from "./kept";

/** State that a reload does not lose. */
export function useKept<T>(key: string, otherwise: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => kept(key, otherwise));
  const set = (next: T) => {
    keep(key, next);
    setValue(next);
  };
  return [value, set];
}
