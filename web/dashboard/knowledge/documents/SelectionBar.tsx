import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { ask } from "../../api/call";
import { Confirm } from "../Confirm";
import { useKnowledgeChanged, useMayTeach } from "../reads";
import type { DocumentRow } from "../shapes";
import { count } from "../wording";
import classes from "./Documents.module.css";
import { eachOf, type Outcome } from "./eachOf";

const MOST_NAMED = 5;

/** What can be done with the documents that are chosen. */
export function SelectionBar(props: {
  chosen: readonly DocumentRow[];
  shown: readonly DocumentRow[];
  onChoose: (rows: readonly DocumentRow[]) => void;
}) {
  const { chosen, shown, onChoose } = props;
  const mayTeach = useMayTeach();
  const changed = useKnowledgeChanged();
  const [asking, setAsking] = useState<"delete" | "re-embed" | null>(null);
  const [done, setDone] = useState(0);

  const finish = (outcome: Outcome, what: string) => {
    changed();
    onChoose(outcome.failed.map(({ one }) => one));
    if (outcome.failed.length === 0) return notifications.show({ message: what });
    const [first] = outcome.failed;
    throw first?.error;
  };
  const remove = async () => {
    const outcome = await eachOf(chosen, setDone, ({ id }) =>
      ask.delete("/api/knowledge/{document_id}", { path: { document_id: id } }),
    );
    finish(outcome, `${count(outcome.done, "document")} deleted.`);
  };
  const reEmbed = async () => {
    if (mayTeach) {
      await ask.post("/api/v1/knowledge/re-embed", { body: { documentIds: chosen.map(({ id }) => id) } });
      changed();
      return onChoose([]);
    }
    const outcome = await eachOf(chosen, setDone, ({ id }) =>
      ask.post("/api/knowledge/{document_id}/push", { path: { document_id: id } }),
    );
    finish(outcome, `${count(outcome.done, "document")} embedded again.`);
  };
  const open = (what: "delete" | "re-embed") => {
    setDone(0);
    setAsking(what);
  };
  return (
    <>
      {chosen.length > 0 && (
        <Group className={classes.chosen ?? ""} gap="xs" role="group" aria-label="Chosen documents">
          <Text size="sm" fw={600} me="xs" role="status">
            {count(chosen.length, "document")} chosen
          </Text>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={() => open("re-embed")}
          >
            Re-embed
          </Button>
          <Button
            size="xs"
            variant="default"
            c="var(--bad)"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => open("delete")}
          >
            Delete
          </Button>
          {chosen.length < shown.length && (
            <Button size="xs" variant="subtle" onClick={() => onChoose(shown)}>
              Choose all {shown.length.toLocaleString("en")}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => onChoose([])}>
            Choose none
          </Button>
        </Group>
      )}
      <Confirm
        opened={asking === "delete"}
        title={`Delete ${count(chosen.length, "document")}?`}
        yes={done > 0 ? `${done} deleted …` : "Delete"}
        harmful
        onYes={remove}
        onClose={() => setAsking(null)}
      >
        <Named rows={chosen} />
        From this moment on the assistant does not answer from {chosen.length === 1 ? "it" : "them"} any more.
        This cannot be undone; to bring a document back it must be added again.
      </Confirm>
      <Confirm
        opened={asking === "re-embed"}
        title={`Re-embed ${count(chosen.length, "document")}?`}
        yes={done > 0 ? `${done} done …` : "Re-embed"}
        onYes={reEmbed}
        onClose={() => setAsking(null)}
      >
        <Named rows={chosen} />
        Their text is cut into passages anew and each passage gets a new vector. Until that is done the old
        passages are found.
      </Confirm>
    </>
  );
}

function Named({ rows }: { rows: readonly DocumentRow[] }) {
  return (
    <ul className={classes.list}>
      {rows.slice(0, MOST_NAMED).map((row) => (
        <li key={row.id}>
          <bdi>{row.originalName}</bdi>
        </li>
      ))}
      {rows.length > MOST_NAMED && <li>and {rows.length - MOST_NAMED} more</li>}
    </ul>
  );
}
