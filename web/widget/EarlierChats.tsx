import { useEffect, useState } from "preact/hooks";
import type { Line } from "../protocol/chatView";
import { isGone, readChat, readEarlier, type Snapshot } from "./api";
import { useAround } from "./around";
import { Icon } from "./icons";
import { LineView } from "./LineView";
import { Page } from "./Page";
import { type Session, sessions } from "./session";

interface Row {
  sessionId: string;
  startedAt: string;
  question: string;
  /** This browser's own chat; null for one of the same identified visitor elsewhere. */
  own: Session | null;
}

interface Props {
  chat: Session | null;
  onBack: () => void;
  onResume: (chat: Session) => void;
}

/** The chats that this browser has had, and those of the same identified visitor elsewhere. */
export function EarlierChats({ chat, onBack, onResume }: Props) {
  const { words } = useAround();
  const [rows, setRows] = useState<Row[]>(() => ownRows(chat));
  const [open, setOpen] = useState<Row | null>(null);
  const [state, setState] = useState<"asking" | "known" | "failed">(chat ? "asking" : "known");
  useEffect(() => {
    if (!chat) return;
    readEarlier(chat)
      .then(({ chats }) => {
        setRows((own) => withOthers(own, chats));
        setState("known");
      })
      .catch(() => setState("failed"));
  }, [chat?.sessionId]);
  return (
    <Page label={words.say("earlier")} onBack={open ? () => setOpen(null) : onBack}>
      {open ? (
        <OneChat key={open.sessionId} row={open} chat={chat} onResume={onResume} />
      ) : (
        <>
          <h2>{words.say("earlier")}</h2>
          {rows.length === 0 &&
            (state === "asking" ? (
              <div class="loading" />
            ) : (
              <p class="note" role="status">
                {words.say(state === "known" ? "noEarlier" : "failed")}
              </p>
            ))}
          <ul class="rows">
            {rows.map((row) => (
              <li key={row.sessionId}>
                <button type="button" onClick={() => setOpen(row)}>
                  <span>
                    <strong dir="auto">{row.question || words.say("log")}</strong>
                    <small>{words.time(row.startedAt, { dateStyle: "medium", timeStyle: "short" })}</small>
                  </span>
                  <Icon name="next" />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

function ownRows(chat: Session | null): Row[] {
  return sessions
    .all()
    .filter((one) => one.sessionId !== chat?.sessionId)
    .map((own) => ({ sessionId: own.sessionId, startedAt: own.startedAt, question: own.question, own }));
}

function withOthers(
  own: Row[],
  chats: { sessionId: string; startedAt: string; firstQuestion: string | null }[],
): Row[] {
  const known = new Set(own.map((row) => row.sessionId));
  const others = chats
    .filter((one) => !known.has(one.sessionId))
    .map((one) => ({ ...one, question: one.firstQuestion ?? "", own: null }));
  return [...own, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

interface OneProps {
  row: Row;
  chat: Session | null;
  onResume: (chat: Session) => void;
}

function OneChat({ row, chat, onResume }: OneProps) {
  const { words } = useAround();
  const [lines, setLines] = useState<Line[] | null>(null);
  const [trouble, setTrouble] = useState<"failed" | "ended" | null>(null);
  const through = row.own ?? chat;
  useEffect(() => {
    if (!through) return;
    readChat(row.sessionId, through, !row.own)
      .then((snapshot) => setLines(linesOf(snapshot)))
      .catch((error: unknown) => {
        const gone = row.own !== null && isGone(error);
        setTrouble(gone ? "ended" : "failed");
        if (gone) sessions.forget(row.own as Session);
      });
  }, []);
  return (
    <>
      <h2>{words.time(row.startedAt, { dateStyle: "full" })}</h2>
      {trouble && <p class="note">{words.say(trouble)}</p>}
      {!lines && !trouble && <div class="loading" />}
      {lines?.map((line, place) => (
        <LineView key={line.id} line={line} before={lines[place - 1]} chat={null} />
      ))}
      {row.own && !trouble && (
        <button type="button" class="primary" onClick={() => row.own && onResume(row.own)}>
          {words.say("resume")}
        </button>
      )}
    </>
  );
}

/** A kept chat as lines; its answers are told without their passages. */
export function linesOf({ messages }: Snapshot): Line[] {
  return messages.map((message): Line => {
    const { id, content: text, sentAt: at, attachments = [] } = message;
    if (message.sender === "user") return { kind: "visitor", id, text, at, attachments, state: "sent" };
    if (message.sender === "agent")
      return { kind: "agent", id, name: message.senderName ?? "", text, at, attachments };
    return {
      kind: "answer",
      id,
      sentences: [{ text, citations: [] }],
      sources: [],
      state: "complete",
      confidence: null,
      needsHuman: false,
      why: null,
      helpful: null,
      at,
    };
  });
}
