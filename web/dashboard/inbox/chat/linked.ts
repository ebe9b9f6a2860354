// Finds what may be a link in a plain text. Nothing but http, https and mailto ever becomes one.

export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS = /\b(?:https?:\/\/|mailto:)[^\s<>"'`\\]+/gi;
const AFTER = /[.,;:!?)\]}*_~…。，）]+$/;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

export function linkedPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = withoutTail(found[0]);
    const href = safeAddress(shown);
    if (!href) continue;
    if (found.index > at) pieces.push({ text: text.slice(at, found.index), href: null });
    pieces.push({ text: shown, href });
    at = found.index + shown.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: null });
  return pieces;
}

/** The address as a browser reads it; null if it is of another kind, or hides where it leads behind a name. */
export function safeAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !SCHEMES.has(url.protocol) || url.username || url.password) return null;
  return url.href;
}

function withoutTail(text: string): string {
  const bare = text.replace(AFTER, "");
  // A closing bracket that was opened inside belongs to the address.
  return bare.includes("(") && text.startsWith(`${bare})`) ? `${bare})` : bare;
}
