import { linkedPieces } from "./linked";

/** A person's words, with the links in them. */
export function LinkedText({ text }: { text: string }) {
  return linkedPieces(text).map((piece, place) =>
    piece.href ? (
      <a key={place} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
}
