import { Alert, Button, Group, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { sentenceOf } from "../../api/call";
import { useGuardedLeave } from "../../shell/LeaveGuard";
import { Confirm } from "../Confirm";
import type { OneDocument } from "../shapes";
import classes from "./DocumentPage.module.css";
import { useSaving } from "./useSaving";

/** What is being written, and the text that it began from. */
export interface Draft {
  base: string;
  text: string;
}

const TOO_LONG = "Not saved yet, and too long for this browser to keep: save it before you leave.";

/** Edits a document's text; what is not saved is kept in this browser where it has room. */
export function EditText(props: {
  document: OneDocument;
  draft: Draft | null;
  /** Whether this browser had room to keep the draft. */
  kept: boolean;
  onWrite: (draft: Draft) => void;
  onEnd: () => void;
}) {
  const { document, draft, kept, onEnd } = props;
  const [base] = useState(draft?.base ?? document.content);
  const [fromBefore] = useState(draft !== null);
  const [asking, setAsking] = useState(false);
  const saving = useSaving(document.id, onEnd);
  const text = draft?.text ?? base;
  const unsaved = text !== base;
  const changed = document.content !== base;
  useGuardedLeave(unsaved, kept);
  return (
    <>
      {fromBefore && unsaved && (
        <Alert color="fern" variant="light" mb="md">
          This is your draft from before. It is kept in this browser and not saved yet.
        </Alert>
      )}
      {changed && <ChangedMeanwhile onTake={onEnd} />}
      <Textarea
        label="Text"
        description="A line that begins with # is a heading; no passage crosses one. The old text is found until the new one is embedded."
        classNames={{ input: classes.field ?? "" }}
        value={text}
        onChange={(event) => props.onWrite({ base, text: event.currentTarget.value })}
        error={saving.isError && sentenceOf(saving.error)}
        autoFocus
        dir="auto"
      />
      <Group gap="xs" className={classes.save ?? ""}>
        <Button
          loading={saving.isPending}
          disabled={!unsaved || !text.trim()}
          onClick={() => saving.mutate({ text, over: document.content })}
        >
          {changed ? "Save over it" : "Save"}
        </Button>
        <Button variant="default" onClick={() => (unsaved ? setAsking(true) : onEnd())}>
          Cancel
        </Button>
        <Text size="sm" c="var(--faint)" role="status">
          {!unsaved ? "" : kept ? "Not saved yet; kept in this browser." : TOO_LONG}
        </Text>
      </Group>
      <Confirm
        opened={asking}
        title="Drop your changes?"
        yes="Drop them"
        harmful
        onYes={async () => onEnd()}
        onClose={() => setAsking(false)}
      >
        The document stays as it is. Your text is not kept.
      </Confirm>
    </>
  );
}

function ChangedMeanwhile({ onTake }: { onTake: () => void }) {
  return (
    <Alert
      color="orange"
      variant="light"
      mb="md"
      role="alert"
      title="Somebody changed the document meanwhile"
    >
      <Text size="sm">Saving puts your text in place of theirs.</Text>
      <Button size="xs" variant="default" mt="xs" onClick={onTake}>
        Drop my text and take theirs
      </Button>
    </Alert>
  );
}
