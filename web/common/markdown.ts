// A little Markdown as a typed tree. There is no way to HTML in it: what is not understood stays text.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; children: Inline[] }
  /** `host` is to be shown beside words that do not name it; empty where the words are the address. */
  | { kind: "link"; href: string; host: string; children: Inline[] }
  /** The end of one of the pieces that the text was put together from. */
  | { kind: "mark"; place: number };

export type Block =
  | { kind: "paragraph" | "heading"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] };

/** Marks are letters of the private use area, which no text of a chat needs. */
const FIRST_MARK = 0xe000;
const MARKS = /[\ue000-\uf8ff]/g;
const DEEPEST = 4;
const FENCE = /^ {0,3}```/;
const HEADING = /^ {0,3}#{1,6}\s+(.*)$/;
const ITEM = /^( {0,3})([-*+•]|(\d{1,4})[.)])\s+(.*)$/;
const ADDRESS = /^https:\/\/[^\s<>"'`\\\ue000-\uf8ff]+/;
const WHOLE_ADDRESS = new RegExp(`${ADDRESS.source}$`);
const AFTER_ADDRESS = /[.,;:!?)\]}*_~…。，）]+$/;
const LINK = /^(!?)\[([^\][]*)\]\(\s*([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)(?:\s+"[^"]*")?\s*\)/;
const MAIL = /^mailto:[^\s<>"'`\\@\ue000-\uf8ff]+@[^\s<>"'`\\@?&\ue000-\uf8ff]+$/i;
const WORD = /[\p{L}\p{N}]/u;

/** One text out of pieces, each followed by a mark of its place; a piece that begins a line starts one. */
export function joinPieces(pieces: readonly string[]): string {
  let whole = "";
  pieces.forEach((piece, place) => {
    const text = piece.replace(MARKS, "");
    const gap = whole && !text.startsWith("\n") ? " " : "";
    whole +=
      gap + text.trimEnd() + String.fromCharCode(FIRST_MARK + place) + (text.endsWith("\n") ? "\n" : "");
  });
  return whole;
}

/** The blocks of a text. */
export function parseMarkdown(text: string, depth = 0): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let words: string[] = [];
  const flush = () => {
    const told = words.join("\n").trim();
    if (told) blocks.push({ kind: "paragraph", children: parseInline(told) });
    words = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heading = HEADING.exec(line);
    if (FENCE.test(line)) {
      flush();
      const end = lines.findIndex((one, place) => place > at && FENCE.test(one));
      const inside = lines.slice(at + 1, end < 0 ? lines.length : end).join("\n");
      blocks.push(
        { kind: "code", text: inside.replace(MARKS, "") },
        ...marksOf(lines.slice(at, end + 1 || undefined).join("")),
      );
      at = end < 0 ? lines.length : end;
    } else if (heading) {
      flush();
      blocks.push({ kind: "heading", children: parseInline((heading[1] ?? "").replace(/\s+#+\s*$/, "")) });
    } else if (ITEM.test(line) && depth < DEEPEST) {
      flush();
      const { list, next } = parseList(lines, at, depth);
      blocks.push(list);
      at = next - 1;
    } else if (line.trim() === "") flush();
    else words.push(line);
  }
  flush();
  return blocks;
}

/** What follows the marks of a code block, whose text cannot hold them. */
function marksOf(text: string): Block[] {
  const children = (text.match(MARKS) ?? []).map(markOf);
  return children.length > 0 ? [{ kind: "paragraph", children }] : [];
}

function markOf(letter: string): Inline {
  return { kind: "mark", place: letter.charCodeAt(0) - FIRST_MARK };
}

function parseList(lines: string[], from: number, depth: number): { list: Block; next: number } {
  const first = ITEM.exec(lines[from] ?? "");
  const ordered = first?.[3] !== undefined;
  const items: string[][] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const item = ITEM.exec(line);
    const inside = items.at(-1);
    if (
      item &&
      (item[3] !== undefined) === ordered &&
      (item[1] ?? "").length <= (first?.[1] ?? "").length + 1
    )
      items.push([item[4] ?? ""]);
    else if (/^\s{2,}\S/.test(line) && inside) inside.push(line.replace(/^(\t| {2,4})/, ""));
    else if (line.trim() === "" && ITEM.test(lines[at + 1] ?? "") && sameKind(lines[at + 1], ordered))
      continue;
    else break;
  }
  const list: Block = {
    kind: "list",
    ordered,
    start: Number(first?.[3] ?? 1),
    items: items.map((one) => parseMarkdown(one.join("\n"), depth + 1)),
  };
  return { list, next: at };
}

function sameKind(line: string | undefined, ordered: boolean): boolean {
  return (ITEM.exec(line ?? "")?.[3] !== undefined) === ordered;
}

/** The parts of one paragraph. */
export function parseInline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let plain = "";
  const push = (part: Inline) => {
    if (plain) parts.push({ kind: "text", text: plain });
    plain = "";
    parts.push(part);
  };
  for (let at = 0; at < text.length; ) {
    const found = depth < DEEPEST ? partAt(text, at, depth) : null;
    if (found) {
      for (const part of found.parts) push(part);
      at += found.length;
      continue;
    }
    const letter = text[at] ?? "";
    if (isMark(letter)) push(markOf(letter));
    else if (letter === "\\" && /[\\`*_[\]#>+.!-]/.test(text[at + 1] ?? "")) plain += text[++at];
    else plain += letter;
    at++;
  }
  if (plain) parts.push({ kind: "text", text: plain });
  return parts;
}

interface Found {
  parts: Inline[];
  length: number;
}

function partAt(text: string, at: number, depth: number): Found | null {
  switch (text[at]) {
    case "`":
      return codeAt(text, at);
    case "*":
    case "_":
      return emphasisAt(text, at, depth);
    case "[":
    case "!":
      return linkAt(text, at, depth);
    case "h":
      return WORD.test(text[at - 1] ?? "") ? null : addressAt(text, at);
    default:
      return null;
  }
}

function codeAt(text: string, at: number): Found | null {
  const ticks = text[at + 1] === "`" ? "``" : "`";
  const end = text.indexOf(ticks, at + ticks.length);
  if (end <= at + ticks.length) return null;
  const inside = text.slice(at + ticks.length, end);
  const code: Inline = { kind: "code", text: inside.replace(MARKS, "").trim() || " " };
  return { parts: [code, ...(inside.match(MARKS) ?? []).map(markOf)], length: end + ticks.length - at };
}

function emphasisAt(text: string, at: number, depth: number): Found | null {
  const sign = text[at] ?? "";
  const width = text[at + 1] === sign ? 2 : 1;
  const begin = at + width;
  // An underscore inside a word, as in file names, is no sign; nor is one beside a blank.
  if (sign === "_" && WORD.test(text[at - 1] ?? "")) return null;
  if (/\s|^$/.test(text[begin] ?? "") || text[begin] === sign) return null;
  const signs = sign.repeat(width);
  for (let end = text.indexOf(signs, begin); end > 0; end = text.indexOf(signs, end + width)) {
    if (/\s/.test(text[end - 1] ?? "") || text[end - 1] === "\\") continue;
    if (width === 1 && text[end + 1] === sign) {
      end++;
      continue;
    }
    if (sign === "_" && WORD.test(text[end + width] ?? "")) continue;
    const children = parseInline(text.slice(begin, end), depth + 1);
    return { parts: [{ kind: width === 2 ? "strong" : "em", children }], length: end + width - at };
  }
  return null;
}

function linkAt(text: string, at: number, depth: number): Found | null {
  const found = LINK.exec(text.slice(at, at + 2200));
  if (!found) return null;
  const [whole, picture, label = "", address = ""] = found;
  const target = safeTarget(address);
  const children = parseInline(label, depth + 1);
  // A picture is not loaded: that would tell its host who reads.
  if (picture || !target) return picture ? { parts: children, length: whole.length } : null;
  const words = label.replace(MARKS, "").trim();
  if (!words) return null;
  const host = words.toLowerCase().includes(target.host) ? "" : target.host;
  return { parts: [{ kind: "link", href: target.href, host, children }], length: whole.length };
}

function addressAt(text: string, at: number): Found | null {
  const found = ADDRESS.exec(text.slice(at, at + 2200))?.[0];
  if (!found) return null;
  let shown = found.replace(AFTER_ADDRESS, "");
  // A bracket that was opened inside the address belongs to it.
  if (shown.includes("(") && found[shown.length] === ")") shown += ")";
  const target = safeTarget(shown);
  if (!target) return null;
  const children: Inline[] = [{ kind: "text", text: shown }];
  return { parts: [{ kind: "link", href: target.href, host: "", children }], length: shown.length };
}

/** Where a link may lead: an https address without a user's name in it, or a mail address. */
export function safeTarget(address: string): { href: string; host: string } | null {
  if (MAIL.test(address)) return { href: address, host: address.slice(7).toLowerCase() };
  if (!WHOLE_ADDRESS.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:" || url.username || url.password) return null;
  return { href: url.href, host: url.hostname };
}

function isMark(letter: string): boolean {
  return letter >= "\ue000" && letter <= "\uf8ff";
}
