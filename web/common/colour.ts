// A customer's colour, and a text colour that can be read on it.

export interface Colour {
  brand: string;
  ink: string;
}

const OWN: Colour = { brand: "#0b6e5f", ink: "#fff" };

/** Reads `#rgb` or `#rrggbb`; anything else gives our own colour. */
export function colourOf(text: string | null | undefined): Colour {
  const short = /^#([0-9a-f]{3})$/i.exec(text ?? "");
  const digits = short?.[1]?.replace(/./g, "$&$&") ?? /^#([0-9a-f]{6})$/i.exec(text ?? "")?.[1];
  if (!digits) return OWN;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) =>
    linear(Number.parseInt(digits.slice(at, at + 2), 16)),
  );
  // Black and white are equally far from this luminance (WCAG contrast 4.58 each).
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
  return { brand: `#${digits}`, ink: light ? "#000" : "#fff" };
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
