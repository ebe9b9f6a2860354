// The looks that set one series apart from another: each is a colour and a pattern.

export type Tone = "first" | "second" | "third";

export const COLOUR: Record<Tone, string> = {
  first: "var(--chart-first)",
  second: "var(--chart-second)",
  third: "var(--chart-third)",
};

/** The strokes of a line of each tone. */
export const DASHES: Record<Tone, string | undefined> = { first: undefined, second: "6 4", third: "2 3" };
