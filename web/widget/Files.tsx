import type { Attachment } from "../protocol/events";
import { useAround } from "./around";
import { Icon } from "./icons";
import type { Words } from "./texts";

const OURS = /^\/uploads\/[\w.-]+$/;

/** Files of a message: pictures as pictures, others by name; a file that is not on this desk stays a name. */
export function Files({ files }: { files: Attachment[] }) {
  const { words } = useAround();
  if (files.length === 0) return null;
  return (
    <ul class="files">
      {files.map((file, place) => (
        <li key={place}>
          {OURS.test(file.url) ? (
            <a href={file.url} target="_blank" rel="noopener noreferrer">
              {/^image\//.test(file.type ?? "") ? (
                <img src={file.url} alt={file.filename} loading="lazy" />
              ) : (
                <FileName file={file} words={words} />
              )}
            </a>
          ) : (
            <FileName file={file} words={words} />
          )}
        </li>
      ))}
    </ul>
  );
}

function FileName({ file, words }: { file: Attachment; words: Words }) {
  return (
    <span class="file">
      <Icon name="file" />
      <bdi>{file.filename}</bdi>
      {file.size ? <small>{sizeOf(file.size, words)}</small> : null}
    </span>
  );
}

/** A number of bytes as people say it. */
export function sizeOf(bytes: number, words: Words): string {
  const large = bytes >= 1024 * 1024;
  const value = Math.max(1, bytes / 1024 / (large ? 1024 : 1));
  const unit = large ? "megabyte" : "kilobyte";
  return words.number(value, { style: "unit", unit, maximumFractionDigits: large ? 1 : 0 });
}
