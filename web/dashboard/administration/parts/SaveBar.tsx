import { Button, Group, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import classes from "./parts.module.css";

const SAID_FOR = 2500;

interface Props {
  changed: boolean;
  busy: boolean;
  /** When it was saved last; it is said in the same place, for a moment. */
  savedAt: number;
  fault: string | undefined;
  onSave: () => void;
  onDiscard: () => void;
}

/** Stays in sight at the page's end while something is not saved. */
export function SaveBar({ changed, busy, savedAt, fault, onSave, onDiscard }: Props) {
  const justSaved = useJustNow(savedAt);
  if (!changed && !fault)
    return justSaved ? (
      <div className={classes.saveBar} role="status">
        <IconCheck size={18} color="var(--good)" aria-hidden />
        <Text size="sm">Saved.</Text>
      </div>
    ) : null;
  return (
    <section className={classes.saveBar} aria-label="Unsaved changes">
      <Text size="sm" c={fault ? "var(--bad)" : "var(--faint)"} role={fault ? "alert" : "status"} flex={1}>
        {fault ?? "You have unsaved changes."}
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" size="sm" onClick={onDiscard} disabled={busy}>
          Discard
        </Button>
        <Button size="sm" onClick={onSave} loading={busy} disabled={!changed}>
          Save
        </Button>
      </Group>
    </section>
  );
}

function useJustNow(moment: number): boolean {
  const [over, setOver] = useState(0);
  useEffect(() => {
    if (moment === 0) return;
    const timer = setTimeout(() => setOver(moment), SAID_FOR);
    return () => clearTimeout(timer);
  }, [moment]);
  return moment > over;
}
