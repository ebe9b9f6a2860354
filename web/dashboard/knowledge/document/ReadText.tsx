import { Alert, Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { OneDocument } from "../shapes";
import { count } from "../wording";
import classes from "./DocumentPage.module.css";
import { PassageList } from "./PassageList";
import { placePassages, type Stretch } from "./placePassages";

const AT_FIRST = 400;

/** A document's text with its passages marked, and the list of them; choosing one in either shows it in both. */
export function ReadText({ document, from }: { document: OneDocument; from: string | null }) {
  const { content, chunks } = document;
  const stretches = useMemo(() => placePassages(content, chunks), [content, chunks]);
  const [active, setActive] = useState(() => chunks.findIndex((chunk) => String(chunk.start) === from));
  const [most, setMost] = useState(() => Math.max(AT_FIRST, active + 1));
  const text = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (text.current && active >= 0) bringIntoView(text.current, active);
  }, [active]);
  const shown = chunks.slice(0, most);
  return (
    <div className={classes.both}>
      <div className={classes.paper}>
        {!stretches && chunks.length > 0 && (
          <Alert color="orange" variant="light" radius={0}>
            The passages are of the text before this one, so they cannot be marked here.
          </Alert>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section ref={text} className={classes.text} tabIndex={0} aria-label="Text" dir="auto">
          {stretches ? (
            <Marked stretches={upTo(stretches, most)} active={active} onPoint={setActive} />
          ) : (
            content
          )}
          {most < chunks.length && (
            <div className={classes.more}>
              <Button variant="default" size="xs" onClick={() => setMost(most + AT_FIRST)}>
                Show more of {count(chunks.length, "passage")}
              </Button>
            </div>
          )}
        </section>
      </div>
      <PassageList chunks={shown} all={chunks.length} active={active} onPoint={setActive} />
    </div>
  );
}

function Marked(props: { stretches: Stretch[]; active: number; onPoint: (passage: number) => void }) {
  return props.stretches.map(({ text, passage }, place) =>
    passage === null ? (
      <span key={place}>{text}</span>
    ) : (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list beside it does the same by keyboard
      <mark
        key={place}
        className={classes.passage}
        data-passage={passage}
        data-odd={passage % 2 === 1}
        data-active={passage === props.active}
        onClick={() => props.onPoint(passage)}
      >
        {text}
      </mark>
    ),
  );
}

/** The stretches up to the last passage that is shown. */
function upTo(stretches: Stretch[], most: number): Stretch[] {
  const behind = stretches.findIndex(({ passage }) => passage !== null && passage >= most);
  return behind < 0 ? stretches : stretches.slice(0, behind);
}

/** Scrolls the text alone, and only if the passage is not in sight. */
function bringIntoView(text: HTMLElement, passage: number): void {
  const mark = text.querySelector(`[data-passage="${passage}"]`);
  if (!mark) return;
  const seen = text.getBoundingClientRect();
  const place = mark.getBoundingClientRect();
  if (place.top >= seen.top && place.bottom <= seen.bottom) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  text.scrollBy({ top: place.top - seen.top - seen.height / 4, behavior: still ? "auto" : "smooth" });
}
