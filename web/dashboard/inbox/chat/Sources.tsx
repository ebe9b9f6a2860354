import { Modal, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Citation, Source, Why } from "../../../protocol/events";
import classes from "./Lines.module.css";
import { whySentence } from "./sentences";

/** Passages that were found for one answer, the cited words of each marked. */
export function Sources(props: {
  opened: boolean;
  sources: Source[];
  citations: Citation[];
  why: Why | null;
  /** The one to begin with. */
  chosen: number | null;
  onClose: () => void;
}) {
  const cited = new Set(props.citations.map((one) => one.n));
  const order = [...props.sources].sort(
    (a, b) => Number(cited.has(b.n)) - Number(cited.has(a.n)) || a.n - b.n,
  );
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Sources"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.why && <p className={classes.why}>{whySentence(props.why)}</p>}
      <ol className={classes.sources}>
        {order.map((source) => (
          <Passage
            key={source.n}
            source={source}
            citations={props.citations.filter((one) => one.n === source.n)}
            chosen={source.n === props.chosen}
          />
        ))}
      </ol>
    </Modal>
  );
}

function Passage({ source, citations, chosen }: { source: Source; citations: Citation[]; chosen: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) item.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li ref={item} className={classes.passage} aria-current={chosen || undefined}>
      <div className={classes.passageHead}>
        <span className={classes.number}>{source.n}</span>
        <strong>{source.document}</strong>
        {source.section && <span className={classes.section}>{source.section}</span>}
        <Text span size="xs" c="var(--faint)" ms="auto">
          {citations.length > 0 ? "cited · " : "not cited · "}
          fits {Math.round(source.score * 100)} %
        </Text>
      </div>
      <blockquote dir="auto">
        <Marked source={source} citations={citations} />
      </blockquote>
    </li>
  );
}

/** The places of citations count code points, not JavaScript's units. */
function Marked({ source, citations }: { source: Source; citations: Citation[] }) {
  const letters = Array.from(source.text);
  const spans = citations
    .map((one) => ({
      from: Math.max(0, one.start - source.start),
      to: Math.min(letters.length, one.end - source.start),
    }))
    .filter((one) => one.from < one.to)
    .sort((a, b) => a.from - b.from);
  const shown = [];
  let at = 0;
  for (const { from, to } of spans) {
    if (to <= at) continue;
    const begin = Math.max(from, at);
    shown.push(
      letters.slice(at, begin).join(""),
      <mark key={begin}>{letters.slice(begin, to).join("")}</mark>,
    );
    at = to;
  }
  shown.push(letters.slice(at).join(""));
  return shown;
}
