import { ActionIcon, Button, Progress } from "@mantine/core";
import { IconFile, IconX } from "@tabler/icons-react";
import type { Attachment } from "../../../protocol/events";
import { isOwnPicture } from "./Attachments";
import classes from "./Composer.module.css";
import { nameOf } from "./panels";
import type { Upload } from "./useUploads";

/** What will go with the message: files that the desk has, and those on their way to it. */
export function Files(props: {
  attachments: Attachment[];
  onRemove: (file: Attachment) => void;
  uploads: readonly Upload[];
  onCancel: (id: string) => void;
  onAgain: (id: string) => void;
}) {
  if (props.attachments.length + props.uploads.length === 0) return null;
  return (
    <ul className={classes.files} aria-label="Attached files">
      {props.attachments.map((file) => (
        <li key={file.url} className={classes.file}>
          {isOwnPicture(file) ? <img src={file.url} alt="" /> : <IconFile size={16} aria-hidden />}
          <span className={classes.fileName}>{nameOf(file)}</span>
          <Remove name={nameOf(file)} onClick={() => props.onRemove(file)} />
        </li>
      ))}
      {props.uploads.map((one) => (
        <li key={one.id} className={classes.file} data-failed={one.error ? true : undefined}>
          <span className={classes.fileName}>
            {one.file.name}
            {one.error && <span role="alert">{one.error}</span>}
          </span>
          {!one.error && (
            <Progress value={one.progress} size="xs" w={60} aria-label={`${one.file.name} is on its way`} />
          )}
          {one.passing && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Try ${one.file.name} again`}
              onClick={() => props.onAgain(one.id)}
            >
              Try again
            </Button>
          )}
          <Remove name={one.file.name} onClick={() => props.onCancel(one.id)} />
        </li>
      ))}
    </ul>
  );
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <ActionIcon size={24} variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={onClick}>
      <IconX size={14} />
    </ActionIcon>
  );
}
