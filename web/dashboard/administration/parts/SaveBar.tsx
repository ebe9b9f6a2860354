import { Button, Group, Text } from "@mantine/core";
import classes from "./parts.module.css";

interface Props {
  changed: boolean;
  busy: boolean;
  fault: string | undefined;
  onSave: () => void;
  onDiscard: () => void;
}

/** Stays in sight at the page's end while something is not saved. */
export function SaveBar({ changed, busy, fault, onSave, onDiscard }: Props) {
  if (!changed && !fault) return null;
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
