import { ActionIcon, Button, Group, Loader, Progress, Text, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconFile,
  IconRefresh,
  IconX,
} from "@tabler/icons-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { useKnowledgeChanged } from "../reads";
import { count, inSentence, sizeOf } from "../wording";
import classes from "./Uploads.module.css";
import { isUnderWay, type Upload, type UploadState, uploadQueue } from "./uploadQueue";

const PLACES: readonly UploadState["at"][] = [
  "refused",
  "kept",
  "reading",
  "sending",
  "waiting",
  "cancelled",
  "embedded",
];

/** Every file that was added, how far it is and what became of it; stays until it is dismissed. */
export function UploadList() {
  const uploads = useSyncExternalStore(uploadQueue.subscribe, uploadQueue.uploads);
  const under = uploads.filter((upload) => isUnderWay(upload.state)).length;
  const over = uploads.length - under;
  const broken = uploads.filter(({ state }) => state.at === "refused" && !state.final);
  const changed = useKnowledgeChanged();
  const seen = useRef(over);
  useEffect(() => {
    if (over > seen.current) changed();
    seen.current = over;
  }, [over, changed]);
  if (uploads.length === 0) return null;
  return (
    <section className={classes.list} aria-label="Added files">
      <Group justify="space-between" gap="xs" px="md" py={8}>
        <Text size="sm" fw={600} role="status">
          {under > 0 ? progressOf(uploads, under) : summaryOf(uploads)}
        </Text>
        <Group gap={4}>
          {broken.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                for (const { id } of broken) uploadQueue.again(id);
              }}
            >
              Try {count(broken.length, "file")} again
            </Button>
          )}
          {over > 0 && (
            <Button size="compact-sm" variant="subtle" onClick={() => uploadQueue.dismiss()}>
              {under > 0 ? "Dismiss what is done" : "Dismiss"}
            </Button>
          )}
        </Group>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ul className={classes.rows} tabIndex={0} aria-label="Files">
        {inOrder(uploads).map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { id, file, state } = upload;
  return (
    <li className={classes.row}>
      <span className={classes.sign} aria-hidden>
        <Sign state={state} />
      </span>
      <div className={classes.about}>
        <Text size="sm" className={classes.name} title={file.name}>
          {"documentId" in state ? (
            <Link href={`/knowledge/documents/${state.documentId}`} className={classes.link}>
              {file.name}
            </Link>
          ) : (
            file.name
          )}
        </Text>
        <Text size="xs" c={state.at === "refused" ? "var(--bad)" : "var(--faint)"}>
          {sentenceFor(upload)}
        </Text>
        {state.at === "sending" && (
          <Progress value={state.share * 100} size={4} mt={6} aria-label={`Sending ${file.name}`} />
        )}
      </div>
      {isUnderWay(state) && (
        <Tooltip label="Cancel" withArrow>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Cancel ${file.name}`}
            onClick={() => uploadQueue.cancel(id)}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      {((state.at === "refused" && !state.final) || state.at === "cancelled") && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          aria-label={`Try ${file.name} again`}
          onClick={() => uploadQueue.again(id)}
        >
          Try again
        </Button>
      )}
    </li>
  );
}

function Sign({ state }: { state: UploadState }) {
  switch (state.at) {
    case "embedded":
      return <IconCircleCheck size={20} color="var(--good)" />;
    case "kept":
      return <IconClock size={20} color="var(--warm)" />;
    case "refused":
      return <IconAlertTriangle size={20} color="var(--bad)" />;
    case "reading":
      return <Loader size={18} />;
    default:
      return <IconFile size={20} color="var(--faint)" />;
  }
}

function sentenceFor({ file, state }: Upload): string {
  switch (state.at) {
    case "waiting":
      return `Waits its turn · ${sizeOf(file.size)}`;
    case "sending":
      return `Sending, ${Math.round(state.share * 100)} % of ${sizeOf(file.size)}`;
    case "reading":
      return "Sent. Being read and embedded …";
    case "embedded":
      return `Embedded: ${count(state.passages, "passage")}. The assistant can answer from it.`;
    case "kept":
      return `Kept, and tried again by itself: ${inSentence(state.reason)}.`;
    case "refused":
      return state.sentence;
    case "cancelled":
      return state.sent
        ? "Cancelled after it was sent: the desk may have it already, look at the list."
        : "Cancelled. Nothing was added.";
  }
}

/** What needs a person stands first, then what is under way; what is done needs nobody. */
function inOrder(uploads: readonly Upload[]): Upload[] {
  const place = ({ state }: Upload) => PLACES.indexOf(state.at);
  return [...uploads].sort((a, b) => place(a) - place(b));
}

function progressOf(uploads: readonly Upload[], under: number): string {
  const refused = uploads.filter(({ state }) => state.at === "refused").length;
  const done = `Adding files, ${uploads.length - under} of ${uploads.length} done`;
  return refused > 0 ? `${done}, ${refused} not added` : done;
}

function summaryOf(uploads: readonly Upload[]): string {
  const told: [UploadState["at"], string][] = [
    ["embedded", "embedded"],
    ["kept", "kept to be tried again"],
    ["refused", "not added"],
    ["cancelled", "cancelled"],
  ];
  const parts = told
    .map(([at, word]) => [uploads.filter(({ state }) => state.at === at).length, word] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`);
  return `${count(uploads.length, "file")}: ${parts.join(", ")}`;
}
