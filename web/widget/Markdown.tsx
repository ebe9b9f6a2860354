import type { ComponentChild } from "preact";
import { type Block, type Inline, parseMarkdown } from "../common/markdown";

/** The last word before a mark stays on its line, if it is not longer than this. */
const LAST_WORD = /\S{1,24}$/;

interface Props {
  text: string;
  /** What stands at the end of a piece; see `joinPieces`. */
  mark?: (place: number) => ComponentChild;
}

/** A text with its little Markdown as elements; everything that is not understood stays text. */
export function Markdown({ text, mark }: Props) {
  return (
    <div class="text" dir="auto">
      {blocks(parseMarkdown(text), mark)}
    </div>
  );
}

function blocks(found: Block[], mark: Props["mark"]): ComponentChild[] {
  return found.map((block, place) => {
    switch (block.kind) {
      case "heading":
        return (
          <p key={place}>
            <strong>{inline(block.children, mark)}</strong>
          </p>
        );
      case "paragraph":
        return <p key={place}>{inline(block.children, mark)}</p>;
      case "code":
        return (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <pre key={place} dir="ltr" tabIndex={0}>
            <code>{block.text}</code>
          </pre>
        );
      case "list": {
        const items = block.items.map((item, at) => <li key={at}>{blocks(item, mark)}</li>);
        return block.ordered ? (
          <ol key={place} start={block.start}>
            {items}
          </ol>
        ) : (
          <ul key={place}>{items}</ul>
        );
      }
      default:
        return block satisfies never;
    }
  });
}

function inline(parts: Inline[], mark: Props["mark"]): ComponentChild[] {
  return parts.map((part, place) => {
    const next = parts[place + 1];
    switch (part.kind) {
      case "text":
        return next?.kind === "mark" && mark ? part.text.replace(LAST_WORD, "") : part.text;
      case "strong":
        return <strong key={place}>{inline(part.children, mark)}</strong>;
      case "em":
        return <em key={place}>{inline(part.children, mark)}</em>;
      case "code":
        return (
          <code key={place} dir="ltr">
            {part.text}
          </code>
        );
      case "link":
        return (
          <a key={place} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {inline(part.children, mark)}
            {part.host && <span class="host"> ({part.host})</span>}
          </a>
        );
      case "mark": {
        const before = parts[place - 1];
        const word = before?.kind === "text" ? LAST_WORD.exec(before.text)?.[0] : "";
        const sign = mark?.(part.place);
        return (
          <span key={place} class="together">
            {mark ? word : ""}
            {sign}
          </span>
        );
      }
      default:
        return part satisfies never;
    }
  });
}
