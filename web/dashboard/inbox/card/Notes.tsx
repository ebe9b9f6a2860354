import { Button, Group, Textarea } from "@mantine/core";
import type { ChatRow } from "../../../protocol/deskSocket";
import { useNotes } from "./useNotes";
import classes from "./VisitorCard.module.css";

/** Notes about the chat as a whole; they save themselves, and wait where the desk is not there. */
export function Notes({ row }: { row: ChatRow }) {
  const notes = useNotes(row);
  return (
    <div>
      <Textarea
        size="xs"
        label="Notes"
        description={
          <span role="status">
            {notes.theirs !== null || notes.error ? "" : notes.saving ? "Saving …" : notes.text && "Saved"}
          </span>
        }
        descriptionProps={{ c: "var(--faint)" }}
        error={notes.theirs === null && notes.error}
        inputWrapperOrder={["label", "input", "description", "error"]}
        placeholder="What colleagues should know of this visitor"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        dir="auto"
        value={notes.text}
        onChange={(event) => notes.write(event.currentTarget.value)}
        onBlur={notes.saveNow}
      />
      {notes.theirs !== null && (
        <div className={classes.theirs} role="alert">
          <p>A colleague has changed the notes while you wrote. They are now:</p>
          <blockquote dir="auto">{notes.theirs || "(nothing)"}</blockquote>
          <Group gap="xs">
            <Button size="compact-xs" variant="default" onClick={notes.keepBoth}>
              Keep both
            </Button>
            <Button size="compact-xs" variant="default" onClick={notes.takeTheirs}>
              Take theirs
            </Button>
          </Group>
        </div>
      )}
    </div>
  );
}
