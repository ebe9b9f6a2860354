import { Text } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { ChunkRow } from "../shapes";
import { count } from "../wording";
import classes from "./DocumentPage.module.css";

const LONGEST = 160;
// So that a pointer on its way across the list does not make the text jump.
const POINTED_FOR = 120;

/** The passages of a document in order; pointing at one or moving to it by the arrow keys shows it in the text. */
export function PassageList(props: {
  chunks: readonly ChunkRow[];
  all: number;
  active: number;
  onPoint: (passage: number) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  const timer = useRef(0);
  const { active, onPoint } = props;
  useEffect(() => {
    const item = list.current?.children[active];
    if (item && !item.matches(":hover, :focus-within")) item.scrollIntoView({ block: "nearest" });
  }, [active]);
  const move = (event: KeyboardEvent) => {
    const to = placeAfter(event.key, Math.max(active, 0), props.chunks.length - 1);
    if (to === null) return;
    event.preventDefault();
    list.current?.querySelectorAll("button")[to]?.focus();
  };
  const point = (place: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onPoint(place), POINTED_FOR);
  };
  return (
    <section className={classes.side} aria-label="Passages">
      <Text size="sm" fw={600} className={classes.head ?? ""}>
        {count(props.all, "passage")}
      </Text>
      {props.chunks.length === 0 && (
        <Text size="sm" c="var(--faint)" px="md" pb="md">
          None yet: a document has passages once it is embedded, and can then be found.
        </Text>
      )}
      <ol ref={list} className={classes.passages} onKeyDown={move}>
        {props.chunks.map((chunk, place) => (
          <li key={chunk._id}>
            <button
              type="button"
              className={classes.item}
              aria-current={place === active ? "true" : undefined}
              tabIndex={place === Math.max(active, 0) ? 0 : -1}
              onFocus={() => onPoint(place)}
              onClick={() => onPoint(place)}
              onMouseEnter={() => point(place)}
              onMouseLeave={() => clearTimeout(timer.current)}
            >
              <span className={classes.figure}>{place + 1}</span>
              <span className={classes.words} dir="auto">
                {chunk.section && <strong>{chunk.section}</strong>}
                {beginningOf(chunk.text)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function placeAfter(key: string, place: number, last: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(place + 1, last);
    case "ArrowUp":
      return Math.max(place - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

function beginningOf(text: string): string {
  const points = [...text.slice(0, 2 * LONGEST)];
  return points.length > LONGEST ? `${points.slice(0, LONGEST).join("").trimEnd()} …` : text;
}
