// How the knowledge pages name things.

import type { DocumentRow, DocumentState } from "./shapes";

const LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "code" });
const BYTES = 1024;

export const STATE_NAMES: Record<DocumentState, string> = {
  embedded: "Embedded",
  pending: "Being embedded",
  failed: "Failed",
};

const KINDS = new Map([
  ["web-page", "Web page"],
  ["text/plain", "Taught"],
  ["htm", "HTML"],
  ["md", "Markdown"],
  ["txt", "Text"],
]);

/** The kind of a document, as people call it. */
export function kindOf({ fileType }: Pick<DocumentRow, "fileType">): string {
  return KINDS.get(fileType) ?? fileType.toUpperCase();
}

export function languageOf(code: string): string {
  try {
    return LANGUAGES.of(code) ?? code;
  } catch {
    return code; // no language's code
  }
}

/** A size in the unit that suits it. */
export function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  if (bytes < BYTES) return `${bytes} B`;
  const kilo = bytes / BYTES;
  return kilo < BYTES ? `${Math.max(1, Math.round(kilo))} kB` : `${(kilo / BYTES).toFixed(1)} MB`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** A reason as a sentence of its own. */
export function asSentence(reason: string): string {
  return /[.!?…]$/.test(reason) ? reason : `${reason}.`;
}

/** A first letter made small, so that a reason can stand inside a sentence. */
export function inSentence(reason: string): string {
  return reason.slice(0, 1).toLowerCase() + reason.slice(1).replace(/\.$/, "");
}
