import { Text } from "@mantine/core";
import { IconMoodCheck } from "@tabler/icons-react";
import { useRef } from "react";
import { Empty, Failed, Waiting } from "../../parts/States";
import { useGaps } from "../reads";
import { count } from "../wording";
import { ForManagers } from "./ForManagers";
import { GapCard } from "./GapCard";
import classes from "./Learning.module.css";
import { useCardKeys } from "./useCardKeys";

/** What visitors asked in vain, those that ask the same together, most asked first. */
export function Gaps() {
  return (
    <ForManagers what="Gaps">
      <Listed />
    </ForManagers>
  );
}

function Listed() {
  const read = useGaps();
  const list = useRef<HTMLDivElement>(null);
  useCardKeys(list);
  if (read.isPending) return <Waiting what="Looking for gaps" />;
  if (!read.data) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  const { gaps, ungrouped = 0 } = read.data;
  return (
    <>
      {ungrouped > 0 && (
        <Text size="sm" c="var(--faint)" mb="sm" role="status">
          {count(ungrouped, "question waits", "questions wait")} for the embedding model and will be grouped.
        </Text>
      )}
      <div ref={list} tabIndex={-1} className={classes.cards}>
        {gaps.length === 0 && (
          <Empty icon={<IconMoodCheck size={28} stroke={1.6} />} title="No question was left open">
            Questions that the assistant could not answer, was not sure about, or whose answer a visitor
            marked as not helpful are gathered here, without what is personal in them.
          </Empty>
        )}
        {gaps.map((gap) => (
          <GapCard key={gap.id} gap={gap} />
        ))}
      </div>
    </>
  );
}
