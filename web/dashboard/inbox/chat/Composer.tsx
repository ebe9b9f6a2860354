import { ActionIcon, Button, Combobox, FileButton, SegmentedControl, Textarea, Tooltip } from "@mantine/core";
import { IconLock, IconPaperclip, IconSend2, IconSparkles } from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useState } from "react";
import classes from "./Composer.module.css";
import { Files } from "./Files";
import { useCanned } from "./useCanned";
import type { DraftKeeper } from "./useDraft";
import { isUnderWay, type Uploads } from "./useUploads";

const LONGEST_NAME = 24;

export interface ComposerProps extends DraftKeeper {
  area: RefObject<HTMLTextAreaElement | null>;
  files: Uploads;
  visitor: string;
  sendLabel: string;
  /** Why no reply can be sent; notes always can. */
  blocked: string | null;
  busy: boolean;
  onSend: () => void;
  onTyping: (typing: boolean) => void;
  onSuggest: (() => void) | null;
}

/** Where replies and notes are written. What is in it is kept until it is sent. */
export function Composer(props: ComposerProps) {
  const { draft, change, area, files } = props;
  const note = draft.mode === "note";
  const text = draft[draft.mode];
  const setText = (next: string) => change(({ mode }) => ({ [mode]: next }));
  const canned = useCanned(area, text, setText);
  const [over, setOver] = useState(false);
  const sending = files.uploads.some(isUnderWay);
  const blocked = note ? null : props.blocked;
  const ready = (text.trim() !== "" || draft.attachments.length > 0) && !sending && !props.busy && !blocked;
  const send = () => {
    if (ready) props.onSend();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const choosing = canned.opened && canned.found.length > 0;
    if (event.key === "Enter" && !event.shiftKey && !choosing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && !canned.opened) {
      // From here on the keys of the inbox work.
      area.current?.closest("section")?.focus();
    }
  };
  return (
    <form
      className={classes.composer}
      data-note={note || undefined}
      data-over={over || undefined}
      aria-label={note ? "Internal note" : `Reply to ${props.visitor}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        // Words that are dragged go where they are dropped.
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setOver(false);
        files.add(event.dataTransfer.files);
      }}
    >
      <div className={classes.top}>
        <SegmentedControl
          size="xs"
          aria-label="Kind of message"
          value={draft.mode}
          onChange={(mode) => change(() => ({ mode: mode as "reply" | "note" }))}
          data={[
            { value: "reply", label: "Reply" },
            { value: "note", label: "Note" },
          ]}
        />
        <span className={classes.hint}>
          {note ? (
            <>
              <IconLock size={13} aria-hidden /> Only colleagues see notes
            </>
          ) : (
            (blocked ?? "Type / for canned replies")
          )}
        </span>
      </div>
      <Combobox
        store={canned.combobox}
        withinPortal={false}
        onOptionSubmit={canned.insert}
        position="top-start"
        shadow="md"
        width={360}
      >
        <Combobox.Target withKeyboardNavigation={canned.opened}>
          <Textarea
            ref={area}
            aria-label={note ? "Note" : "Reply"}
            placeholder={
              note ? "A note that only colleagues see …" : `Write to ${shortName(props.visitor)} …`
            }
            variant="unstyled"
            classNames={{ input: classes.area ?? "" }}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={20_000}
            readOnly={props.busy}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              canned.look();
              props.onTyping(!note && event.currentTarget.value !== "");
            }}
            onBlur={() => canned.combobox.closeDropdown()}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              if (event.clipboardData.files.length === 0) return;
              event.preventDefault();
              files.add(event.clipboardData.files);
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown>
          <Combobox.Options aria-label="Canned replies" mah={260} className={classes.options}>
            {canned.found.map((one) => (
              <Combobox.Option key={one.id} value={one.id}>
                <span className={classes.optionTitle}>
                  {one.title}
                  {one.shortcut && <span className={classes.shortcut}>/{one.shortcut}</span>}
                </span>
                <span className={classes.optionText}>{one.content}</span>
              </Combobox.Option>
            ))}
            {canned.found.length === 0 && <Combobox.Empty>No canned reply has that name.</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <Files
        attachments={draft.attachments}
        onRemove={(file) =>
          change((before) => ({ attachments: before.attachments.filter((one) => one.url !== file.url) }))
        }
        uploads={files.uploads}
        onCancel={files.remove}
        onAgain={files.again}
      />
      <div className={classes.bottom}>
        <FileButton multiple onChange={files.add}>
          {(button) => (
            <Tooltip label="Attach files" withArrow>
              <ActionIcon {...button} variant="subtle" color="gray" size={32} aria-label="Attach files">
                <IconPaperclip size={18} />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
        {props.onSuggest && !note && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconSparkles size={15} />}
            onClick={props.onSuggest}
          >
            Suggest
          </Button>
        )}
        <Button
          type="submit"
          size="xs"
          ms="auto"
          {...(note && { color: "yellow.8" })}
          disabled={!ready}
          loading={props.busy}
          leftSection={<IconSend2 size={15} />}
        >
          {note ? "Keep note" : props.sendLabel}
        </Button>
      </div>
    </form>
  );
}

function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : "the visitor";
}
