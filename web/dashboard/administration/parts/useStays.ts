import { useState } from "react";

/** What an address names, also after somebody else has deleted it: the form over it keeps its text and says so. */
export function useStays<T>(id: string | undefined, found: T | undefined): T | undefined {
  const [last, setLast] = useState<{ id: string; found: T } | null>(null);
  if (id && found && last?.found !== found) setLast({ id, found });
  return found ?? (last && last.id === id ? last.found : undefined);
}
