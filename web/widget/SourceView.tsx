import { useEffect, useRef } from "preact/hooks";
import type { OpenSource } from "./Chat";
import type { Texts } from "./texts";

/** A passage with the cited words marked; its places count code points, not JavaScript's units. */
export function SourceView({ open, texts, onBack }: { open: OpenSource; texts: Texts; onBack: () => void }) {
  const { source, citation } = open;
  const back = useRef<HTMLButtonElement>(null);
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    back.current?.focus();
    mark.current?.scrollIntoView({ block: "center" });
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      onBack();
    };
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, [onBack]);
  const letters = Array.from(source.text);
  const from = citation ? citation.start - source.start : 0;
  const to = citation ? citation.end - source.start : 0;
  return (
    <section class="source" aria-label={texts.source(source.n)}>
      <button type="button" class="back" ref={back} onClick={onBack}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path
            d="M15 5l-7 7 7 7"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
          />
        </svg>
        {texts.back}
      </button>
      <p class="number">{texts.source(source.n)}</p>
      <h2>{source.document}</h2>
      {source.section && <p class="path">{source.section}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <blockquote tabIndex={0}>
        {letters.slice(0, from).join("")}
        <mark ref={mark}>{letters.slice(from, to).join("")}</mark>
        {letters.slice(to).join("")}
      </blockquote>
    </section>
  );
}
