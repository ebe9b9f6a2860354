const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first letters of the first and the last word, each whole, whatever it is made of. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words;
  return shown.map((word) => first(word ?? "")).join("");
}

function first(word: string): string {
  return [...letters.segment(word)][0]?.segment.toUpperCase() ?? "";
}
