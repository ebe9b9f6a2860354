import { CloseButton, TextInput } from "@mantine/core";
import { IconInbox, IconSearch } from "@tabler/icons-react";
import { type RefObject, useCallback, useMemo, useState } from "react";
import type { ChatRow } from "../../../protocol/deskSocket";
import { useChats, useLooking } from "../../api/desk";
import { useSignedIn } from "../../api/session";
import { Empty, Failed, Waiting } from "../../parts/States";
import { useOpenChats } from "../openChats";
import { isUnread, useSeen } from "../seen";
import { useKept } from "../useKept";
import { Found } from "./Found";
import classes from "./Queue.module.css";
import { QueueRow } from "./QueueRow";
import { inOrder, isIn, VIEW_NAMES, VIEWS, type View } from "./views";

const NOTHING: Record<View, [string, string]> = {
  mine: ["No chat is yours", "Take one over from the unassigned ones, and it stands here."],
  unassigned: ["Nobody waits", "Chats that no agent has appear here, those that wait for a person first."],
  all: ["No chats yet", "They appear here as visitors write."],
  closed: [
    "Nothing was closed today",
    "Chats that ended within a day stand here; search finds the older ones.",
  ],
};

/** All chats by who has them, and a search over everything that was said. */
export function Queue({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const me = useSignedIn();
  const chats = useChats();
  const [view, setView] = useKept<View>("aichatdesk.inbox.view", "all");
  const [words, setWords] = useState("");
  const counts = useMemo(
    () => VIEWS.map((one) => (chats.data ?? []).filter((row) => isIn(one, row, me.id)).length),
    [chats.data, me.id],
  );
  const rows = useMemo(
    () => inOrder((chats.data ?? []).filter((row) => isIn(view, row, me.id))),
    [chats.data, view, me.id],
  );
  const searching = words.trim().length >= 2;
  return (
    <nav className={classes.queue} aria-label="Chats">
      <div className={classes.top}>
        <h1 className={classes.title}>Inbox</h1>
        <TextInput
          ref={search}
          type="search"
          size="sm"
          aria-label="Search the chats"
          placeholder="Search names and messages"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            words && <CloseButton size="sm" aria-label="Clear the search" onClick={() => setWords("")} />
          }
          value={words}
          maxLength={200}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            setWords("");
            event.currentTarget.blur();
          }}
        />
        {!searching && (
          <div className={classes.views}>
            {VIEWS.map((one, place) => (
              <button
                key={one}
                type="button"
                className={classes.view}
                aria-pressed={one === view}
                onClick={() => setView(one)}
              >
                {VIEW_NAMES[one]} <span className={classes.count}>{counts[place]}</span>
              </button>
            ))}
          </div>
        )}
      </div>
      {searching ? (
        <Found words={words.trim()} />
      ) : chats.isPending ? (
        <Waiting what="Reading the chats" />
      ) : chats.isError && !chats.data ? (
        <Failed error={chats.error} onRetry={() => void chats.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={<IconInbox size={26} />} title={NOTHING[view][0]}>
          {NOTHING[view][1]}
        </Empty>
      ) : (
        <Rows rows={rows} name={VIEW_NAMES[view]} />
      )}
    </nav>
  );
}

/** Rows with what this agent and the colleagues make of them. */
export function Rows(props: {
  rows: readonly ChatRow[];
  name: string;
  snippets?: Map<string, string | null>;
}) {
  const me = useSignedIn();
  const looking = useLooking();
  const seen = useSeen();
  const { open, show, showBeside } = useOpenChats();
  const onShow = useCallback((id: string) => show(id), [show]);
  return (
    <ul className={classes.rows} aria-label={props.name}>
      {props.rows.map((row) => (
        <QueueRow
          key={row.sessionId}
          row={row}
          snippet={props.snippets?.get(row.sessionId) ?? null}
          me={me.id}
          open={open.includes(row.sessionId)}
          unread={isUnread(row, seen)}
          looking={(looking[row.sessionId] ?? [])
            .filter((one) => one.id !== me.id)
            .map((one) => one.name)
            .join(", ")}
          onShow={onShow}
          onBeside={showBeside}
        />
      ))}
    </ul>
  );
}
