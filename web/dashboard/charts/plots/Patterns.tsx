import { COLOUR, type Tone } from "../tones";

/** The fill of a bar: plain, hatched or dotted, so that nobody needs to tell colours apart. */
export function patternOf(id: string, tone: Tone): string {
  return tone === "first" ? COLOUR.first : `url(#${tone}-${id})`;
}

export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`second-${id}`}
        width={5}
        height={5}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width={5} height={5} fill="var(--ground)" />
        <rect width={3.2} height={5} fill={COLOUR.second} />
      </pattern>
      <pattern id={`third-${id}`} width={4.5} height={4.5} patternUnits="userSpaceOnUse">
        <rect width={4.5} height={4.5} fill="var(--ground)" />
        <circle cx={2.2} cy={2.2} r={1.4} fill={COLOUR.third} />
      </pattern>
    </defs>
  );
}
