// A customer's colour, and shades of it that can be read.

export interface Colour {
  brand: string;
  ink: string;
}

type Channels = [number, number, number];

const OWN = "#0b6e5f";
/** WCAG AA for text. */
export const READABLE = 4.5;

/** Reads `#rgb` or `#rrggbb`; anything else gives our own colour. */
export function colourOf(text: string | null | undefined): Colour {
  const short = /^#([0-9a-f]{3})$/i.exec(text ?? "");
  const digits = short?.[1]?.replace(/./g, "$&$&") ?? /^#([0-9a-f]{6})$/i.exec(text ?? "")?.[1];
  const brand = digits ? `#${digits.toLowerCase()}` : OWN;
  // Black and white are equally far from this luminance (WCAG contrast 4.58 each).
  return { brand, ink: luminance(channels(brand)) > 0.179 ? "#000" : "#fff" };
}

/** How well one colour can be told from another, from 1 to 21 (WCAG). */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(channels(one)), luminance(channels(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The shade of a colour, nearest to it, that stands out from a ground at least by `ratio`; all `#rrggbb`. */
export function shadeOn(colour: string, ground: string, ratio: number): string {
  const from = channels(colour);
  const to = luminance(channels(ground)) > 0.179 ? 0 : 255;
  for (let part = 0; part < 1; part += 0.04) {
    const shade = written(from.map((one) => Math.round(one + (to - one) * part)));
    if (contrast(shade, ground) >= ratio) return shade;
  }
  return to ? "#ffffff" : "#000000";
}

function channels(colour: string): Channels {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as Channels;
}

function written(parts: number[]): string {
  return `#${parts.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(parts: Channels): number {
  const [red = 0, green = 0, blue = 0] = parts.map(linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
