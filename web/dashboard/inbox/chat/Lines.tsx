import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { memo, useCallback, useMemo, useState } from "react";
import { Virtuoso } from "react-virtuoso";
import type { Line } from "../../../protocol/chatView";
import classes from "./Lines.module.css";
import { LineView, type OnPush } from "./LineView";
import { dayName, dayOf } from "./Moment";
import { PendingLine } from "./PendingLine";
import type { Pending } from "./replies";
import { NEAR_END, useStayAtEnd } from "./useStayAtEnd";

type Row =
  | { kind: "line"; key: string; line: Line }
  | { kind: "day"; key: string; at: string }
  | { kind: "pending"; key: string; line: Pending };

const BEYOND = { top: 600, bottom: 600 };

/** The conversation, oldest first, only what is in sight of it drawn; it opens at the newest and stays there. */
export const Lines = memo(function Lines(props: {
  lines: readonly Line[];
  pending: readonly Pending[];
  visitor: string;
  /** What a screen reader calls the list. */
  name: string;
  me: string;
  onPush: OnPush;
  onEdit: (line: Pending) => void;
  onDrop: (line: Pending) => void;
}) {
  const { lines, pending, visitor, me, onPush, onEdit, onDrop } = props;
  const [atEnd, setAtEnd] = useState(true);
  const rows = useMemo(() => rowsOf(lines, pending), [lines, pending]);
  const draw = useCallback(
    (_: number, row: Row) => {
      if (row.kind === "day") return <div className={classes.day}>{dayName(row.at)}</div>;
      if (row.kind === "pending")
        return <PendingLine line={row.line} name={me} onEdit={onEdit} onDrop={onDrop} />;
      return <LineView line={row.line} visitor={visitor} onPush={onPush} />;
    },
    [visitor, me, onPush, onEdit, onDrop],
  );
  const { hold, goToEnd } = useStayAtEnd();
  return (
    <div className={classes.lines}>
      <Virtuoso
        scrollerRef={hold}
        className={classes.scroller}
        role="region"
        aria-label={props.name}
        data={rows}
        computeItemKey={(_, row) => row.key}
        itemContent={draw}
        alignToBottom
        atBottomThreshold={NEAR_END}
        atBottomStateChange={setAtEnd}
        increaseViewportBy={BEYOND}
      />
      {!atEnd && (
        <Button
          className={classes.newest}
          size="xs"
          radius="xl"
          variant="default"
          leftSection={<IconArrowDown size={14} />}
          onClick={goToEnd}
        >
          Newest
        </Button>
      )}
    </div>
  );
});

function rowsOf(lines: readonly Line[], pending: readonly Pending[]): Row[] {
  const rows: Row[] = [];
  let day = Number.NaN;
  for (const line of lines) {
    const on = dayOf(line.at);
    if (on !== day) rows.push({ kind: "day", key: `day ${line.id}`, at: line.at });
    day = on;
    rows.push({ kind: "line", key: line.id, line });
  }
  for (const line of pending) rows.push({ kind: "pending", key: line.id, line });
  return rows;
}
