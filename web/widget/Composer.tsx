import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../protocol/events";
import { useAround } from "./around";
import { sizeOf } from "./Files";
import { Icon } from "./icons";
import { draft as drafts, type Session } from "./session";
import { ACCEPTED, type Upload, type Uploads, useUploads } from "./useUploads";

const LONGEST = 4000;
const COMPOSING = 229;

interface Props {
  chat: Session;
  input: RefObject<HTMLTextAreaElement | null>;
  withPerson: boolean;
  /** A question that the page suggests; it is sent only if the visitor sends it. */
  suggested: string;
  /** Stops the answer that is being written; null where there is none. */
  onStop: (() => void) | null;
  onSend: (text: string, files: Attachment[]) => void;
  onWriting: (writes: boolean) => void;
}

export function Composer({ chat, input, withPerson, suggested, onStop, onSend, onWriting }: Props) {
  const { words, config } = useAround();
  const [text, setText] = useState(() => drafts.load(chat).text);
  const uploads = useUploads(drafts.load(chat).files, words);
  const picker = useRef<HTMLInputElement>(null);
  const ready = uploads.list.flatMap((one) => (one.attachment ? [one.attachment] : []));
  const going = uploads.list.some((one) => one.state !== "done");
  const canSend = !going && (text.trim() !== "" || ready.length > 0);
  const label = words.say(withPerson ? "write" : "ask");

  useEffect(() => {
    if (suggested) setText(suggested);
  }, [suggested]);
  useEffect(() => {
    const empty = !text && ready.length === 0;
    drafts.save(chat, empty ? null : { text, files: ready });
  }, [text, ready.length]);
  useDropAndPaste(config.features.attachments ? uploads.add : null);

  const submit = (event?: Event) => {
    event?.preventDefault();
    input.current?.focus();
    if (!canSend) return;
    onSend(text.trim(), ready);
    setText("");
    uploads.clear();
  };

  return (
    <form class="composer" onSubmit={submit}>
      <UploadList uploads={uploads} />
      {ready.length > 0 && !withPerson && <p class="hint">{words.say("fileNote")}</p>}
      <p class="fault" role="alert">
        {uploads.fault}
      </p>
      <div class="field">
        {config.features.attachments && (
          <>
            <button
              type="button"
              class="quiet-icon"
              aria-label={words.say("attach")}
              title={words.say("attach")}
              onClick={() => picker.current?.click()}
            >
              <Icon name="clip" />
            </button>
            <input
              ref={picker}
              type="file"
              hidden
              multiple
              accept={ACCEPTED}
              onChange={(event) => {
                uploads.add([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = "";
                input.current?.focus();
              }}
            />
          </>
        )}
        <textarea
          ref={input}
          rows={1}
          dir="auto"
          aria-label={label}
          placeholder={label}
          maxLength={LONGEST}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            onWriting(event.currentTarget.value !== "");
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) submit(event);
          }}
        />
        {onStop && !text.trim() ? (
          <button type="button" class="send stop" aria-label={words.say("stop")} onClick={onStop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="send" aria-label={words.say("send")} disabled={!canSend}>
            <Icon name="up" />
          </button>
        )}
      </div>
    </form>
  );
}

function UploadList({ uploads }: { uploads: Uploads }) {
  if (uploads.list.length === 0) return null;
  return (
    <ul class="uploads">
      {uploads.list.map((one) => (
        <UploadView key={one.key} upload={one} uploads={uploads} />
      ))}
    </ul>
  );
}

function UploadView({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { words } = useAround();
  const { name, picture, part, state, key } = upload;
  return (
    <li class={state}>
      {picture ? <img src={picture} alt="" /> : <Icon name="file" />}
      <span class="upload-name">
        <bdi>{name}</bdi>
        {state === "going" ? (
          <progress value={part} max={1} aria-label={name} />
        ) : (
          <small>{sizeOf(upload.size, words)}</small>
        )}
      </span>
      {state === "failed" && (
        <button
          type="button"
          class="quiet-icon"
          aria-label={words.say("retry")}
          title={words.say("retry")}
          onClick={() => uploads.again(key)}
        >
          <Icon name="again" />
        </button>
      )}
      <button
        type="button"
        class="quiet-icon"
        aria-label={words.say("remove", { name })}
        onClick={() => uploads.remove(key)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Whether the key is about a word that is being put together; Safari tells of the last one by its code alone. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === COMPOSING;
}

/** Files that are dropped anywhere on the chat, or pasted, such as a screenshot. */
function useDropAndPaste(add: ((files: Iterable<File>) => void) | null): void {
  const { words } = useAround();
  const take = useRef(add);
  take.current = add;
  useEffect(() => {
    const page = document.documentElement;
    const has = (data: DataTransfer | null) => data?.types.includes("Files") && take.current;
    const over = (event: DragEvent) => {
      if (!has(event.dataTransfer)) return;
      event.preventDefault();
      page.dataset.drop = words.say("drop");
    };
    const leave = (event: DragEvent) => {
      if (event.type === "drop" || !event.relatedTarget) delete page.dataset.drop;
    };
    const drop = (event: DragEvent) => {
      leave(event);
      if (!has(event.dataTransfer)) return;
      event.preventDefault();
      take.current?.(event.dataTransfer?.files ?? []);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      // Words and tables of other programs come with a picture of themselves; a copied picture, with no words.
      const markup = event.clipboardData?.getData("text/html") ?? "";
      const written = markup.replace(/<[^>]*>/g, "").trim() !== "";
      if (!take.current || files.length === 0 || written) return;
      event.preventDefault();
      take.current(files);
    };
    const silence = new AbortController();
    const { signal } = silence;
    document.addEventListener("dragover", over, { signal });
    document.addEventListener("dragleave", leave, { signal });
    document.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
    return () => {
      delete page.dataset.drop;
      silence.abort();
    };
  }, [words]);
}
