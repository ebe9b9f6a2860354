import { Button, Group, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconBooks, IconSearchOff } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { Empty, Failed, Waiting } from "../../parts/States";
import { useDocuments, useMayTeach } from "../reads";
import type { DocumentRow } from "../shapes";
import { count } from "../wording";
import { DocumentCards } from "./DocumentCards";
import { DocumentTable } from "./DocumentTable";
import { Filters } from "./Filters";
import { ReEmbedAll, ReEmbedAllButton } from "./ReEmbedAll";
import { SelectionBar } from "./SelectionBar";
import { PLAIN_VIEW, queryOf, sortDocuments, type View, viewOf } from "./sortDocuments";

const AT_FIRST = 100;

/** Every document: find, sort, choose several. */
export function Documents() {
  const documents = useDocuments();
  if (documents.isPending) return <Waiting what="Looking for documents" />;
  if (!documents.data) return <Failed error={documents.error} onRetry={() => void documents.refetch()} />;
  if (documents.data.length === 0)
    return (
      <Empty icon={<IconBooks size={28} stroke={1.6} />} title="There are no documents yet">
        The assistant answers from what you add here and from nothing else. Drop files anywhere on this page,
        or choose them with “Add documents”.
      </Empty>
    );
  return <Listed rows={documents.data} />;
}

function Listed({ rows }: { rows: readonly DocumentRow[] }) {
  const mayTeach = useMayTeach();
  const [query, setQuery] = useSearchParams();
  const view = useMemo(() => viewOf(query), [query]);
  const [most, setMost] = useState(AT_FIRST);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const narrow = useMediaQuery("(max-width: 900px)");
  const wanted = useMemo(() => sortDocuments(rows, view), [rows, view]);
  const chosen = useMemo(() => wanted.filter((row) => picked.has(row.id)), [wanted, picked]);
  const show = (next: View) => setQuery(queryOf(next), { replace: true });
  const shown = wanted.slice(0, most);
  const List = narrow ? DocumentCards : DocumentTable;
  return (
    <>
      <ReEmbedAll rows={rows} />
      <Filters rows={rows} view={view} onView={show} narrow={Boolean(narrow)}>
        {mayTeach && <ReEmbedAllButton rows={rows} />}
      </Filters>
      <SelectionBar
        chosen={chosen}
        shown={wanted}
        onChoose={(some) => setPicked(new Set(some.map((row) => row.id)))}
      />
      {wanted.length === 0 ? (
        <Empty icon={<IconSearchOff size={28} stroke={1.6} />} title="No document fits">
          <Button variant="default" size="xs" mt="xs" onClick={() => show(PLAIN_VIEW)}>
            Show all {count(rows.length, "document")}
          </Button>
        </Empty>
      ) : (
        <List rows={shown} view={view} onView={show} picked={picked} onPick={setPicked} />
      )}
      {shown.length < wanted.length && (
        <Group justify="center" mt="md">
          <Text size="sm" c="var(--faint)">
            {shown.length} of {count(wanted.length, "document")}
          </Text>
          <Button variant="default" size="xs" onClick={() => setMost(most + AT_FIRST)}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}
