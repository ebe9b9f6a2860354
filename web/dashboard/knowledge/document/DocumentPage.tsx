import { Alert, Anchor } from "@mantine/core";
import { IconArrowLeft, IconFileOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { StateBadge } from "../documents/StateBadge";
import { useKeptFocus } from "../keepFocus";
import { isMissing, useDocument } from "../reads";
import type { OneDocument } from "../shapes";
import { UploadList } from "../uploads/UploadList";
import { useDraft } from "../useDraft";
import { When } from "../When";
import { count, kindOf, languageOf, sizeOf } from "../wording";
import { DocumentActions } from "./DocumentActions";
import classes from "./DocumentPage.module.css";
import { type Draft, EditText } from "./EditText";
import { ReadText } from "./ReadText";

/** One document: its text with the passages marked, or its text to edit. */
export function DocumentPage({ id }: { id: string }) {
  const read = useDocument(id);
  const { draft, kept, write, drop } = useDraft<Draft>(`document.${id}`);
  const [editing, setEditing] = useState(draft !== null);
  // One that was deleted meanwhile is not shown as if it were there; what is being written to it stays.
  const document = isMissing(read.error) && !editing ? undefined : read.data;
  useKeptFocus(editing ? "edit" : "read");
  const end = () => {
    drop();
    setEditing(false);
  };
  return (
    <Page
      title={document?.originalName ?? "Document"}
      part={editing ? "Editing" : ""}
      wide
      above={<Back />}
      about={document && <Facts document={document} />}
      actions={
        document && !editing && <DocumentActions document={document} onEdit={() => setEditing(true)} />
      }
    >
      <UploadList />
      {!document && <NotShown read={read} />}
      {document && !editing && <Reading document={document} />}
      {document && editing && (
        <EditText document={document} draft={draft} kept={kept} onWrite={write} onEnd={end} />
      )}
    </Page>
  );
}

function NotShown({ read }: { read: ReturnType<typeof useDocument> }) {
  if (read.isPending) return <Waiting what="Reading the document" />;
  if (!isMissing(read.error)) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  return (
    <Empty icon={<IconFileOff size={28} stroke={1.6} />} title="This document is not there">
      It was deleted, or the address is wrong.{" "}
      <Anchor component={Link} href="/knowledge" size="sm">
        All documents
      </Anchor>
    </Empty>
  );
}

function Reading({ document }: { document: OneDocument }) {
  const [query] = useSearchParams();
  return (
    <>
      {document.staleReason === "an edited text waits" && (
        <Alert color="orange" variant="light" mb="md">
          An edited text waits to be embedded. It is shown here; until it is ready the text before it is
          found.
        </Alert>
      )}
      <ReadText document={document} from={query.get("at")} />
    </>
  );
}

function Back() {
  return (
    <Anchor component={Link} href="/knowledge" size="sm" className={classes.back ?? ""}>
      <IconArrowLeft size={15} aria-hidden className={classes.arrow} /> All documents
    </Anchor>
  );
}

function Facts({ document }: { document: OneDocument }) {
  return (
    <div className={classes.facts}>
      <StateBadge of={document} />
      <span>
        {kindOf(document)} · {count(document.chunks.length, "passage")}
        {document.fileSize !== undefined && ` · ${sizeOf(document.fileSize)}`} ·{" "}
        {languageOf(document.language)} · added <When at={document.uploadedAt} />
      </span>
      {document.sourceUrl && <Source address={document.sourceUrl} />}
    </div>
  );
}

function Source({ address }: { address: string }) {
  // What was imported came by these two alone; anything else is shown and not followed.
  if (!/^https?:\/\//i.test(address)) return <span>{address}</span>;
  return (
    <Anchor href={address} target="_blank" rel="noreferrer" size="sm" className={classes.source ?? ""}>
      {address}
    </Anchor>
  );
}
