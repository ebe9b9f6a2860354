import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconAlertTriangleFilled,
  IconChevronsDown,
  IconChevronsUp,
  IconColumnInsertRight,
  IconEye,
  IconMoodHappy,
  IconMoodNeutral,
  IconMoodSad,
} from "@tabler/icons-react";
import { memo } from "react";
import { useRouter } from "wouter";
import { ago } from "../../../common/ago";
import type { ChatRow } from "../../../protocol/deskSocket";
import { exactly } from "../chat/Moment";
import { standingOf, standingWords } from "../standing";
import { useNow } from "../useNow";
import classes from "./Queue.module.css";
import { lastMoment, waitsSince } from "./views";

const SENDERS = { user: "", ai: "Assistant: ", agent: "Desk: " };
/** What clients write where there are files and no words. */
const ONLY_FILES = /^\[Sent (\d+) file\(s\)\]$/;
const MOODS = {
  positive: { icon: IconMoodHappy, word: "happy" },
  neutral: { icon: IconMoodNeutral, word: "calm" },
  negative: { icon: IconMoodSad, word: "upset" },
};

export interface QueueRowProps {
  row: ChatRow;
  /** What to show of it instead of its last words. */
  snippet?: string | null;
  me: string;
  open: boolean;
  unread: boolean;
  looking: string;
  onShow: (sessionId: string) => void;
  onBeside: (sessionId: string) => void;
}

/** One chat of the queue. It is a link, so that it opens in a tab of its own as links do. */
export const QueueRow = memo(function QueueRow(props: QueueRowProps) {
  const { row, me, open, unread, looking } = props;
  const { base } = useRouter();
  return (
    <li className={classes.item}>
      <a
        href={`${base}/inbox/${row.sessionId}`}
        className={classes.row}
        aria-current={open || undefined}
        data-session={row.sessionId}
        data-unread={unread || undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.button !== 0) return;
          event.preventDefault();
          if (event.shiftKey) props.onBeside(row.sessionId);
          else props.onShow(row.sessionId);
        }}
      >
        <span className={classes.first}>
          {unread && (
            <span className={classes.unread}>
              <span className="unseen">Unread</span>
            </span>
          )}
          <span className={classes.name}>{row.userName}</span>
          <When row={row} />
        </span>
        <span className={classes.words}>{props.snippet ?? wordsOf(row)}</span>
        <span className={classes.marks}>
          <span className={classes.standing} data-standing={standingOf(row, me)}>
            {standingWords(row, me)}
          </span>
          <Marks row={row} />
          {looking && (
            <span className={classes.mark}>
              <IconEye size={13} aria-hidden /> {looking}
            </span>
          )}
        </span>
      </a>
      {!open && (
        <span className={classes.beside}>
          <Tooltip label="Open beside (Shift Enter)" withArrow>
            <ActionIcon
              size={26}
              variant="default"
              aria-label={`Open the chat with ${row.userName} beside`}
              onClick={() => props.onBeside(row.sessionId)}
            >
              <IconColumnInsertRight size={15} />
            </ActionIcon>
          </Tooltip>
        </span>
      )}
    </li>
  );
});

function When({ row }: { row: ChatRow }) {
  const now = useNow();
  const waits = row.status === "waiting";
  const at = waits ? waitsSince(row) : lastMoment(row);
  return (
    <time className={classes.when} dateTime={at} title={exactly(at)} data-waits={waits || undefined}>
      {waits ? `waits ${lengthOf(now - Date.parse(at))}` : ago(at, now)}
    </time>
  );
}

function Marks({ row }: { row: ChatRow }) {
  const mood = row.sentiment && MOODS[row.sentiment];
  return (
    <>
      {row.priority === "high" && (
        <span className={classes.mark} data-kind="high">
          <IconChevronsUp size={13} aria-hidden /> high
        </span>
      )}
      {row.priority === "low" && (
        <span className={classes.mark}>
          <IconChevronsDown size={13} aria-hidden /> low
        </span>
      )}
      {mood && (
        <span className={classes.mark} data-kind={row.sentiment}>
          <mood.icon size={14} aria-hidden /> {mood.word}
        </span>
      )}
      {row.category && row.category !== "general" && (
        <span className={classes.mark}>{row.category.replaceAll("_", " ")}</span>
      )}
      {row.metadata.profanity && (
        <span className={classes.mark} data-kind="high">
          <IconAlertTriangleFilled size={12} aria-hidden /> swears
        </span>
      )}
    </>
  );
}

function wordsOf(row: ChatRow): string {
  const said = row.lastMessage;
  if (row.status === "closed" && row.summary) return row.summary;
  if (said) return SENDERS[said.sender] + (said.content.replace(ONLY_FILES, "sent files ($1)") || "…");
  return row.summary ?? row.userEmail;
}

/** A length of time in its largest unit. */
function lengthOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 1) return "<1 min";
  if (minutes < 60) return `${minutes} min`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
