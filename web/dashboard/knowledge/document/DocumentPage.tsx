import { Alert, Anchor } from "@mantine/core";
import { IconArrowLeft, IconFileOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { StateBadge } from "../documents/StateBadge";
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
  if (read.data) return <Shown document={read.data} />;
  return (
    <Page title="Document" above={<Back />}>
      {read.isPending && <Waiting what="Reading the document" />}
      {read.isError &&
        (isMissing(read.error) ? (
          <Empty icon={<IconFileOff size={28} stroke={1.6} />} title="This document is not there">
            It was deleted, or the address is wrong. <Link href="/knowledge">All documents</Link>
          </Empty>
        ) : (
          <Failed error={read.error} onRetry={() => void read.refetch()} />
        ))}
    </Page>
  );
}

function Shown({ document }: { document: OneDocument }) {
  const draft = useDraft<Draft>(`document.${document.id}`);
  const [editing, setEditing] = useState(draft.draft !== null);
  const [query] = useSearchParams();
  const end = () => {
    draft.drop();
    setEditing(false);
  };
  return (
    <Page
      title={document.originalName}
      part={editing ? "Editing" : ""}
      wide
      above={<Back />}
      about={<Facts document={document} />}
      actions={!editing && <DocumentActions document={document} onEdit={() => setEditing(true)} />}
    >
      <UploadList />
      {!editing && document.staleReason === "an edited text waits" && (
        <Alert color="orange" variant="light" mb="md">
          An edited text waits to be embedded. It is shown here; until it is ready the text before it is
          found.
        </Alert>
      )}
      {editing ? (
        <EditText document={document} draft={draft.draft} onWrite={draft.write} onEnd={end} />
      ) : (
        <ReadText document={document} from={query.get("at")} />
      )}
    </Page>
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
