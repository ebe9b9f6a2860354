import { Alert, Anchor, Button, Group, Progress, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { ask } from "../../api/call";
import { Confirm } from "../Confirm";
import { useKnowledgeChanged, useMayTeach, useReEmbedding } from "../reads";
import type { DocumentRow, ReEmbedding } from "../shapes";
import { count } from "../wording";
import classes from "./Documents.module.css";

/** How far embedding again is, and that some documents need it; for those who may start it. */
export function ReEmbedAll({ rows }: { rows: readonly DocumentRow[] }) {
  const mayTeach = useMayTeach();
  const run = useReEmbedding().data;
  useToldWhenDone(run);
  const stale = rows.filter((row) => row.stale);
  if (run?.running) return <Running run={run} />;
  return (
    <>
      {run && run.failed > 0 && <Failures run={run} />}
      {stale.length > 0 && (
        <Alert
          color="orange"
          variant="light"
          mb="md"
          icon={<IconRefresh size={18} />}
          title={`${count(stale.length, "document is", "documents are")} stale`}
        >
          <Text size="sm">
            What is found of {stale.length === 1 ? "it" : "them"} is not what the desk would make of{" "}
            {stale.length === 1 ? "it" : "them"} now.{" "}
            {mayTeach ? "Embedding again puts that right." : "Choose and re-embed them, or ask a manager to."}{" "}
            <Anchor component={Link} href="/knowledge?state=stale" size="sm">
              Show which and why
            </Anchor>
          </Text>
        </Alert>
      )}
    </>
  );
}

/** Asks, then has every document embedded again. */
export function ReEmbedAllButton({ rows }: { rows: readonly DocumentRow[] }) {
  const [asking, dialog] = useDisclosure();
  const changed = useKnowledgeChanged();
  const running = useReEmbedding().data?.running ?? false;
  return (
    <>
      <Button
        variant="default"
        disabled={running}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={dialog.open}
      >
        Re-embed all
      </Button>
      <Confirm
        opened={asking}
        title={`Re-embed all ${count(rows.length, "document")}?`}
        yes="Re-embed all"
        onYes={() => ask.post("/api/v1/knowledge/re-embed").then(changed)}
        onClose={dialog.close}
      >
        Every document is cut and embedded anew, one after the other, in the background. The documents stay
        found meanwhile, and it goes on by itself after a restart. Do this when the embedding model was
        changed.
      </Confirm>
    </>
  );
}

function Running({ run }: { run: ReEmbedding }) {
  const behind = run.done + run.failed;
  return (
    <section className={classes.run} aria-label="Embedding again">
      <Group justify="space-between" mb={8}>
        <Text size="sm" fw={600} role="status">
          Embedding {count(run.total, "document")} again
        </Text>
        <Text size="sm" c="var(--faint)" className={classes.figures ?? ""}>
          {behind.toLocaleString("en")} of {run.total.toLocaleString("en")}
          {run.failed > 0 && `, ${run.failed} failed`}
        </Text>
      </Group>
      <Progress
        value={run.total ? (100 * behind) / run.total : 0}
        aria-label="Documents embedded again"
        animated
      />
      <Text size="xs" c="var(--faint)" mt={8}>
        Every document stays found meanwhile. You may leave this page.
      </Text>
    </section>
  );
}

function Failures({ run }: { run: ReEmbedding }) {
  return (
    <Alert
      color="red"
      variant="light"
      mb="md"
      icon={<IconAlertTriangle size={18} />}
      title={`${count(run.failed, "document")} could not be embedded again`}
    >
      <Text size="sm">What was found of {run.failed === 1 ? "it" : "them"} before is found still.</Text>
      <ul className={classes.list}>
        {run.failures?.map((one) => (
          <li key={one.documentId}>
            <Anchor component={Link} href={`/knowledge/documents/${one.documentId}`} size="sm">
              <bdi>{one.document}</bdi>
            </Anchor>
            : {one.reason}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

/** The list is read again once a run is over. */
function useToldWhenDone(run: ReEmbedding | undefined): void {
  const changed = useKnowledgeChanged();
  const ran = useRef(false);
  useEffect(() => {
    if (ran.current && run && !run.running) changed();
    ran.current = run?.running ?? false;
  }, [run, changed]);
}
