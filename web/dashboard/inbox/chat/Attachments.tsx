import { IconFile } from "@tabler/icons-react";
import type { Attachment } from "../../../protocol/events";
import classes from "./Lines.module.css";
import { safeAddress } from "./linked";
import { nameOf, usePanels } from "./panels";
import { fileSize } from "./sentences";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Files of a message: pictures that the desk itself keeps as thumbnails, all others as links. */
export function Attachments({ files }: { files: Attachment[] }) {
  const { showPicture } = usePanels();
  if (files.length === 0) return null;
  return (
    <div className={classes.files}>
      {files.map((file, place) =>
        isOwnPicture(file) ? (
          <button
            key={place}
            type="button"
            className={classes.thumb}
            aria-label={`Show ${nameOf(file)}`}
            onClick={() => showPicture(file)}
          >
            <img src={file.url} alt="" loading="lazy" />
          </button>
        ) : (
          <FileLink key={place} file={file} />
        ),
      )}
    </div>
  );
}

function FileLink({ file }: { file: Attachment }) {
  const own = isOwn(file);
  const href = own ? file.url : safeAddress(file.url);
  const label = (
    <>
      <IconFile size={15} aria-hidden /> {nameOf(file)}
      {file.size !== undefined && <span className={classes.size}>{fileSize(file.size)}</span>}
    </>
  );
  if (!href) return <span className={classes.file}>{label}</span>;
  return (
    <a
      className={classes.file}
      href={href}
      {...(own
        ? { download: nameOf(file) }
        : { target: "_blank", rel: "noopener noreferrer nofollow", title: `Leads to ${new URL(href).host}` })}
    >
      {label}
    </a>
  );
}

function isOwn(file: Attachment): boolean {
  return file.url.startsWith("/uploads/") && !file.url.includes("..");
}

export function isOwnPicture(file: Attachment): boolean {
  return isOwn(file) && PICTURES.has(file.type ?? "");
}
