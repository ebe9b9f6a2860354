// Where a document's passages stand in its text.

import type { ChunkRow } from "../shapes";

/** A stretch of the text; `passage` is the place of its chunk in the list, or null between passages. */
export interface Stretch {
  text: string;
  passage: number | null;
}

/** Cut a text into stretches; null if the chunks are of another text, as while an edited one waits.
 *
 * The desk counts code points, the browser UTF-16 units.
 */
export function placePassages(text: string, chunks: readonly ChunkRow[]): Stretch[] | null {
  const order = chunks.map((_, place) => place).sort((a, b) => at(chunks, a).start - at(chunks, b).start);
  const units = unitsOf(
    text,
    order.flatMap((place) => [at(chunks, place).start, at(chunks, place).end]),
  );
  const stretches: Stretch[] = [];
  let behind = 0;
  for (const place of order) {
    const chunk = at(chunks, place);
    const start = units.get(chunk.start);
    const end = units.get(chunk.end);
    if (start === undefined || end === undefined || text.slice(start, end) !== chunk.text) return null;
    if (start > behind) stretches.push({ text: text.slice(behind, start), passage: null });
    stretches.push({ text: text.slice(Math.max(start, behind), end), passage: place });
    behind = Math.max(behind, end);
  }
  if (behind < text.length) stretches.push({ text: text.slice(behind), passage: null });
  return stretches;
}

/** For each place in code points the same place in UTF-16 units; one behind the end has none. */
export function unitsOf(text: string, places: Iterable<number>): Map<number, number> {
  const wanted = [...new Set(places)].sort((one, other) => one - other);
  const found = new Map<number, number>();
  let unit = 0;
  let point = 0;
  for (const place of wanted) {
    for (; point < place && unit < text.length; point += 1)
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    if (point === place) found.set(place, unit);
  }
  return found;
}

function at(chunks: readonly ChunkRow[], place: number): ChunkRow {
  const chunk = chunks[place];
  if (!chunk) throw new RangeError(`There is no chunk ${place}.`);
  return chunk;
}
