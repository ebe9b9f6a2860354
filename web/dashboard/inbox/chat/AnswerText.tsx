import { Fragment, type ReactNode, useMemo } from "react";
import { type Block, type Inline, joinPieces, parseMarkdown } from "../../../common/markdown";
import type { Sentence } from "../../../protocol/chatView";
import classes from "./Lines.module.css";

interface Shown {
  sentences: Sentence[];
  onCite: (n: number) => void;
}

/** What the assistant wrote, with the numbers of its sources after each sentence. */
export function AnswerText({ sentences, onCite }: Shown) {
  const blocks = useMemo(() => parseMarkdown(joinPieces(sentences.map((one) => one.text))), [sentences]);
  return <Blocks blocks={blocks} shown={{ sentences, onCite }} />;
}

function Blocks({ blocks, shown }: { blocks: Block[]; shown: Shown }): ReactNode {
  return blocks.map((block, place) => {
    if (block.kind === "code") return <pre key={place}>{block.text}</pre>;
    if (block.kind === "list") {
      const items = block.items.map((item, at) => (
        <li key={at}>
          <Blocks blocks={item} shown={shown} />
        </li>
      ));
      return block.ordered ? (
        <ol key={place} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={place}>{items}</ul>
      );
    }
    return (
      <p key={place} className={block.kind === "heading" ? classes.heading : undefined}>
        <Inlines parts={block.children} shown={shown} />
      </p>
    );
  });
}

function Inlines({ parts, shown }: { parts: Inline[]; shown: Shown }): ReactNode {
  return parts.map((part, place) => {
    switch (part.kind) {
      case "text":
        return <Fragment key={place}>{part.text}</Fragment>;
      case "code":
        return <code key={place}>{part.text}</code>;
      case "strong":
      case "em": {
        const Tag = part.kind;
        return (
          <Tag key={place}>
            <Inlines parts={part.children} shown={shown} />
          </Tag>
        );
      }
      case "link":
        return (
          <a key={place} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            <Inlines parts={part.children} shown={shown} />
            {part.host && ` (${part.host})`}
          </a>
        );
      case "mark":
        return <Cites key={place} sentence={shown.sentences[part.place]} onCite={shown.onCite} />;
      default:
        return part satisfies never;
    }
  });
}

function Cites({ sentence, onCite }: { sentence: Sentence | undefined; onCite: Shown["onCite"] }) {
  const numbers = [...new Set(sentence?.citations.map((one) => one.n))];
  return numbers.map((n) => (
    <button
      key={n}
      type="button"
      className={classes.cite}
      aria-label={`Source ${n}`}
      onClick={() => onCite(n)}
    >
      {n}
    </button>
  ));
}
