import { Badge, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useState } from "react";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { FormModal } from "../parts/FormModal";
import { Moment } from "../parts/Moment";
import parts from "../parts/parts.module.css";
import { KEYS, useOutbox } from "../reads";
import { useMay } from "../rights";
import type { OutboxItem, OutboxState } from "../shapes";
import { faultOfForm, useAct } from "../useAct";
import classes from "./settings.module.css";

const STATES: readonly { value: OutboxState; label: string; none: string; about: string }[] = [
  {
    value: "dead",
    label: "Failed",
    none: "Nothing has failed",
    about: "What another service refuses, or does not take for a day, is listed here for 30 days.",
  },
  {
    value: "waiting",
    label: "Waiting",
    none: "Nothing waits",
    about: "What is on its way, or is tried again after a pause, is listed here.",
  },
  { value: "sent", label: "Sent", none: "Nothing was sent lately", about: "The newest 200 are listed here." },
];

const KINDS: Record<string, string> = {
  mail: "Mail",
  ticket: "GitHub",
  teams_card: "Teams",
  teams_message: "Teams",
  calendar_cancel: "Calendar",
};

/** What the desk has for other services, and what could not be delivered. */
export function OutboxPage() {
  const [state, setState] = useState<OutboxState>("dead");
  const outbox = useOutbox(state);
  const told = STATES.find(({ value }) => value === state);
  const counts = outbox.data?.counts;
  const items = outbox.isPlaceholderData ? undefined : outbox.data?.items;
  const [discarded, setDiscarded] = useState<OutboxItem | null>(null);
  return (
    <Page
      title="Outbox"
      about="Mails, tickets and messages that other services are to get. They are tried for a day, also over restarts; nothing is dropped in silence."
    >
      <SegmentedControl
        aria-label="Which are shown"
        mb="md"
        value={state}
        onChange={(next) => setState(next as OutboxState)}
        data={STATES.map(({ value, label }) => ({
          value,
          label: counts ? `${label} ${counts[value]}` : label,
        }))}
      />
      {(outbox.isPending || outbox.isPlaceholderData) && <Waiting what="Looking into the outbox" />}
      {outbox.isLoadingError && <Failed error={outbox.error} onRetry={() => void outbox.refetch()} />}
      {items?.length === 0 && (
        <Empty icon={<IconMailCheck size={26} />} title={told?.none ?? ""}>
          {told?.about}
        </Empty>
      )}
      {items && items.length > 0 && (
        <ul className={parts.rows} aria-label={told?.label}>
          {items.map((item) => (
            <Row key={item.id} item={item} onDiscard={() => setDiscarded(item)} />
          ))}
        </ul>
      )}
      {discarded && <Discard item={discarded} onClose={() => setDiscarded(null)} />}
    </Page>
  );
}

function Row({ item, onDiscard }: { item: OutboxItem; onDiscard: () => void }) {
  const may = useMay();
  const again = useAct({
    does: () => ask.post("/api/v1/outbox/{item_id}/retry", { path: { item_id: item.id } }),
    changes: [KEYS.outbox, KEYS.integrations],
    done: `${item.title}: it is tried again.`,
    tell: true,
  });
  return (
    <li className={classes.row}>
      <div className={classes.grow}>
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {item.title}
          </Text>
          <Badge variant="default" tt="none" fw={500}>
            {KINDS[item.kind] ?? item.kind}
          </Badge>
        </Group>
        <Text size="sm" c="var(--faint)" component="div">
          <When item={item} />
          {item.attempts > 0 && ` · ${item.attempts === 1 ? "tried once" : `tried ${item.attempts} times`}`}
        </Text>
        {item.reference && (
          <Text size="sm" c="var(--faint)" style={{ overflowWrap: "anywhere" }}>
            There it is {item.reference}
          </Text>
        )}
        {item.lastError && item.state !== "sent" && <p className={classes.fault}>{item.lastError}</p>}
      </div>
      {may("manageOutbox") && item.state !== "sent" && (
        <Group gap={6} wrap="nowrap">
          {item.state === "dead" && (
            <Button
              size="compact-sm"
              variant="light"
              loading={again.isPending}
              onClick={() => again.mutate()}
            >
              Send again
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={onDiscard}>
            Discard
          </Button>
        </Group>
      )}
    </li>
  );
}

function When({ item }: { item: OutboxItem }) {
  if (item.state === "waiting" || !item.settledAt)
    return (
      <>
        waits since <Moment at={item.createdAt} />
      </>
    );
  return (
    <>
      {item.state === "sent" ? "sent " : "given up "}
      <Moment at={item.settledAt} />
    </>
  );
}

function Discard({ item, onClose }: { item: OutboxItem; onClose: () => void }) {
  const discard = useAct({
    does: () => ask.delete("/api/v1/outbox/{item_id}", { path: { item_id: item.id } }),
    changes: [KEYS.outbox, KEYS.integrations],
    done: `${item.title} is discarded.`,
    onDone: onClose,
  });
  return (
    <FormModal
      title={`Discard "${item.title}"?`}
      act="Discard"
      danger
      busy={discard.isPending}
      fault={faultOfForm(discard.error)}
      onAct={() => discard.mutate()}
      onClose={onClose}
    >
      <Text size="sm">It is not sent, and cannot be brought back.</Text>
    </FormModal>
  );
}
