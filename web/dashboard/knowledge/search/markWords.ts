/** A piece of a text, and whether it is one of the words that were looked for. */
export interface Piece {
  text: string;
  marked: boolean;
}

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu;
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/;

/** A text with the given words marked: whole words without regard to case, and parts of scripts without spaces. */
export function markWords(text: string, words: readonly string[]): Piece[] {
  const whole = new Set(words.map((word) => word.toLowerCase()));
  const parts = [...whole].filter((word) => UNSPACED.test(word));
  const pieces: Piece[] = [];
  const add = (piece: string, marked: boolean) => {
    const last = pieces.at(-1);
    if (last && last.marked === marked) last.text += piece;
    else if (piece) pieces.push({ text: piece, marked });
  };
  let behind = 0;
  for (const found of text.matchAll(WORD)) {
    add(text.slice(behind, found.index), false);
    behind = found.index + found[0].length;
    if (whole.has(found[0].toLowerCase())) add(found[0], true);
    else markParts(found[0], parts, add);
  }
  add(text.slice(behind), false);
  return pieces;
}

function markParts(word: string, parts: readonly string[], add: (piece: string, marked: boolean) => void) {
  let place = 0;
  while (place < word.length) {
    const part = parts.find((one) => word.toLowerCase().startsWith(one, place));
    add(part ? word.slice(place, place + part.length) : word.charAt(place), Boolean(part));
    place += part?.length ?? 1;
  }
}
