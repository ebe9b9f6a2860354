import type { ComponentChild } from "preact";

const PARTS = /(\*\*[^*]+\*\*|`[^`]+`|https:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]])/g;

/** Bold, code and https links as elements; everything else, whatever it looks like, stays text. */
export function richText(text: string): ComponentChild[] {
  return text.split(PARTS).map((part, place) => {
    if (place % 2 === 0) return part;
    if (part.startsWith("**")) return <strong key={place}>{part.slice(2, -2)}</strong>;
    if (part.startsWith("`")) return <code key={place}>{part.slice(1, -1)}</code>;
    return (
      <a key={place} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    );
  });
}
