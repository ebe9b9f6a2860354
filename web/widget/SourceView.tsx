import { useEffect, useRef } from "preact/hooks";
import type { OpenSource } from "./Answer";
import { useAround } from "./around";
import { Page } from "./Page";

/** A passage with the cited words marked; its places count code points, not JavaScript's units. */
export function SourceView({ open, onBack }: { open: OpenSource; onBack: () => void }) {
  const { words } = useAround();
  const { source, citation } = open;
  const mark = useRef<HTMLElement>(null);
  useEffect(() => mark.current?.scrollIntoView({ block: "center" }), []);
  const letters = Array.from(source.text);
  const from = citation ? citation.start - source.start : 0;
  const to = citation ? citation.end - source.start : 0;
  const label = words.say("source", { n: words.number(source.n) });
  return (
    <Page label={label} onBack={onBack}>
      <p class="eyebrow">{label}</p>
      <h2 dir="auto">{source.document}</h2>
      {source.section && (
        <p class="faint" dir="auto">
          {source.section}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <blockquote tabIndex={0} dir="auto">
        {letters.slice(0, from).join("")}
        <mark ref={mark}>{letters.slice(from, to).join("")}</mark>
        {letters.slice(to).join("")}
      </blockquote>
    </Page>
  );
}
