import { Group, Select, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { Virtuoso } from "react-virtuoso";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { exactly } from "../parts/Moment";
import { useAudit, usePeople } from "../reads";
import type { Act, AuditEntry } from "../shapes";
import { actName, furtherFacts, whatWasDone, whoDidIt } from "./auditSentence";
import classes from "./settings.module.css";

/** What people at the desk have done; nobody can change it, here or anywhere. */
export default function AuditList() {
  const [actor, setActor] = useState<string | null>(null);
  const [action, setAction] = useState<Act | null>(null);
  const audit = useAudit({ actor, action });
  const people = usePeople();
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  const [acts, setActs] = useState<Act[]>([]);
  const told = audit.data?.pages[0]?.actions;
  if (told && told.length !== acts.length) setActs(told);
  return (
    <Page
      title="Audit list"
      about="Who did what and when, newest first. It only grows: no entry is ever changed."
    >
      <Group gap="xs" mb="md">
        <Select
          aria-label="Who"
          placeholder="Everybody"
          clearable
          clearButtonProps={{ "aria-label": "Everybody" }}
          searchable
          data={(people.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={actor}
          onChange={setActor}
        />
        <Select
          aria-label="What"
          placeholder="Everything"
          clearable
          clearButtonProps={{ "aria-label": "Everything" }}
          searchable
          data={acts.map((act) => ({ value: act, label: actName(act) }))}
          value={action}
          onChange={(act) => setAction(act as Act | null)}
          w={260}
        />
      </Group>
      {audit.isPending && <Waiting what="Reading the list" />}
      {audit.isError && entries.length === 0 && (
        <Failed error={audit.error} onRetry={() => void audit.refetch()} />
      )}
      {audit.isSuccess && entries.length === 0 && (
        <Empty icon={<IconHistory size={26} />} title="Nothing of that kind">
          Choose somebody else, or another act.
        </Empty>
      )}
      {entries.length > 0 && (
        <section className={classes.entries} aria-label="Entries">
          <Virtuoso
            data={entries}
            computeItemKey={(_, entry) => entry.id}
            itemContent={(_, entry) => <Entry entry={entry} />}
            endReached={() => void (audit.hasNextPage && !audit.isFetching && audit.fetchNextPage())}
            components={{ Footer }}
            context={{ audit }}
            tabIndex={0}
          />
        </section>
      )}
    </Page>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const further = furtherFacts(entry);
  return (
    <div className={classes.entry} data-testid="entry">
      <time dateTime={entry.at}>{exactly(entry.at)}</time>
      <div>
        <p>
          <strong>{whoDidIt(entry)}</strong> {whatWasDone(entry)}.
        </p>
        {further.length > 0 && <small>{further.join(" · ")}</small>}
      </div>
    </div>
  );
}

type Reading = { audit: ReturnType<typeof useAudit> };

function Footer({ context }: { context?: Reading }) {
  const audit = context?.audit;
  if (audit?.isFetchNextPageError)
    return <Failed error={audit.error} onRetry={() => void audit.fetchNextPage()} />;
  if (audit?.hasNextPage) return <Waiting what="Reading on" />;
  return (
    <Text size="xs" c="var(--faint)" ta="center" py="xs">
      This is all.
    </Text>
  );
}
