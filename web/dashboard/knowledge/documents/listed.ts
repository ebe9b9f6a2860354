import type { DocumentRow } from "../shapes";
import type { View } from "./sortDocuments";

/** What a list of documents is given, whichever form it has. */
export interface Listed {
  rows: readonly DocumentRow[];
  view: View;
  onView: (view: View) => void;
  picked: ReadonlySet<string>;
  onPick: (picked: ReadonlySet<string>) => void;
}

/** The choice with one document put in or taken out. */
export function turned(picked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(picked);
  if (!next.delete(id)) next.add(id);
  return next;
}
