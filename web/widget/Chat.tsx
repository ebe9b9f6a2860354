import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../protocol/chatView";
import type { Attachment } from "../protocol/events";
import type { OpenSource } from "./Answer";
import { askForPerson, endChat, pickCategory, stopAnswer } from "./api";
import { useAround } from "./around";
import { Choices } from "./Choices";
import { Composer } from "./Composer";
import { EndCard } from "./EndCard";
import { Header } from "./Header";
import { happened } from "./host";
import { Icon } from "./icons";
import { Late } from "./Late";
import { Lines } from "./Lines";
import { lineText, wordsOfMessage } from "./lineText";
import type { Choice } from "./Menu";
import { SourceView } from "./SourceView";
import { Status } from "./Status";
import { bookings, type Session, seenLines } from "./session";
import { useAnnouncement } from "./useAnnouncement";
import { useChat } from "./useChat";
import { useStickToEnd } from "./useStickToEnd";
import { useTyping } from "./useTyping";

const FEWEST_WORDS = 3;

interface Props {
  chat: Session;
  /** What the visitor wrote before the chat was there; it is sent at once. */
  first: string;
  suggested: string;
  /** Nothing was said in it before this page. */
  justBegun: boolean;
  /** How often the visitor opened the chat; it gets the focus each time. */
  opened: number;
  shown: boolean;
  onGone: (chat: Session) => void;
  onNew: (chat: Session) => void;
  onChange: (chat: Session) => void;
  onUse: (chat: Session) => void;
}

type Over = { page: "source"; open: OpenSource } | { page: "earlier" | "call" } | null;

export function Chat(props: Props) {
  const { chat, onChange, shown } = props;
  const { words, config, page, speak } = useAround();
  const { view, link, say } = useChat(chat, page, () => props.onGone(chat));
  const [over, setOver] = useState<Over>(null);
  const [failed, setFailed] = useState(false);
  const [resumed, setResumed] = useState(false);
  const [category, setCategory] = useState<string | null>(null);
  const { list, jump } = useStickToEnd(view.lines.length > 0, view);
  const input = useRef<HTMLTextAreaElement>(null);
  const type = useTyping(chat, view.withPerson && !view.ended);
  const textOf = useCallback((line: Line) => lineText(line, words), [words]);
  const announcement = useAnnouncement(view.lines, link === "live", props.justBegun, textOf, (fresh) =>
    tellOf(fresh),
  );

  const last = view.lines.at(-1);
  const writing = view.lines.some((line) => line.kind === "answer" && line.state === "writing");
  // Nobody looks anything up for files alone.
  const asked = last?.kind === "visitor" && last.state === "sent" && wordsOfMessage(last) !== "";
  const awaiting = asked && !view.withPerson;
  const silent = awaiting || (last?.kind === "answer" && last.state === "writing" && !last.sentences.length);
  const closed = view.ended && !resumed;
  const theirs = view.lines.filter(
    (line) => line.kind === "agent" || (line.kind === "answer" && line.state !== "writing"),
  ).length;

  useEffect(() => {
    if (props.opened > 0) input.current?.focus();
  }, [props.opened]);
  useEffect(() => {
    if (shown) seenLines.save(chat, theirs);
    happened({ name: "unread", detail: { count: shown ? 0 : Math.max(0, theirs - seenLines.load(chat)) } });
  }, [theirs, shown]);
  useEffect(() => {
    if (!view.ended) setResumed(false);
  }, [view.ended]);
  useEffect(() => {
    const asked = view.lines.findLast((line) => line.kind === "visitor");
    if (view.language && isClear(view.language, asked)) speak(`chat:${view.language}`);
  }, [view.language]);

  const submit = (text: string, files: Attachment[]) => {
    jump();
    setFailed(false);
    say(text, files);
    type(false);
    happened({ name: "message", detail: { from: "visitor" } });
    if (!chat.question && text) onChange({ ...chat, question: text.slice(0, 80) });
  };
  const begun = useRef(false);
  useEffect(() => {
    if (props.first && !begun.current) submit(props.first, []);
    begun.current = true;
  }, []);
  const act = (what: (chat: Session) => Promise<unknown>) => {
    setFailed(false);
    input.current?.focus();
    what(chat).catch(() => setFailed(true));
  };
  const choices: Choice[] = [
    ...(config.features.calls
      ? [{ icon: "call" as const, label: words.say("book"), act: () => setOver({ page: "call" }) }]
      : []),
    { icon: "again", label: words.say("earlier"), act: () => setOver({ page: "earlier" }) },
    ...(view.ended ? [] : [{ icon: "stop" as const, label: words.say("end"), act: () => act(endChat) }]),
  ];

  return (
    <>
      <Header agent={view.agentName} choices={choices} />
      <div class="body">
        <div class="chat" inert={over !== null}>
          {link !== "live" && (
            <p class={`banner ${link}`} role="status">
              {words.say(navigator.onLine ? "connecting" : "offline")}
            </p>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <div class="lines" ref={list} role="log" aria-live="off" aria-label={words.say("log")} tabIndex={0}>
            <Intro large={view.lines.length === 0} />
            {view.lines.length === 0 && (
              <Choices
                category={category}
                question={null}
                onCategory={(id) => {
                  setCategory(id);
                  act(() => pickCategory(chat, id));
                }}
                onQuestion={(question) => submit(question, [])}
              />
            )}
            <Lines
              lines={view.lines}
              chat={chat}
              onSource={(open) => setOver({ page: "source", open })}
              onPerson={view.withPerson ? null : () => act(askForPerson)}
            />
            {(silent || view.typing !== null) && (
              <p class="waiting">
                <span class="dots" aria-hidden="true">
                  <i />
                  <i />
                  <i />
                </span>
                {view.typing !== null
                  ? words.say("typing", { name: view.typing || words.say("team") })
                  : view.queuePlace
                    ? words.say("place", { n: words.number(view.queuePlace) })
                    : words.say("looking")}
              </p>
            )}
            {bookings.load(chat) && over === null && <Late name="call-card" chat={chat} />}
            {closed && (
              <EndCard chat={chat} rating={view.rating} onEmail={(email) => onChange({ ...chat, email })} />
            )}
          </div>
          <p class="unseen announcement" role="status">
            {announcement.text}
          </p>
          {failed && (
            <p class="banner" role="alert">
              {words.say("failed")}
            </p>
          )}
          {view.withPerson && !view.agentName && !view.ended && (
            <Status chat={chat} shown={shown} onEmail={(email) => onChange({ ...chat, email })} />
          )}
          {closed ? (
            <div class="after">
              <button type="button" class="primary" onClick={() => props.onNew(chat)}>
                {words.say("again")}
              </button>
              <button type="button" class="secondary" onClick={() => setResumed(true)}>
                {words.say("resume")}
              </button>
            </div>
          ) : (
            <>
              <Composer
                chat={chat}
                input={input}
                withPerson={view.withPerson}
                suggested={props.suggested}
                onStop={writing || awaiting ? () => act(stopAnswer) : null}
                onSend={submit}
                onWriting={type}
              />
              <Foot withPerson={view.withPerson} onPerson={() => act(askForPerson)} />
            </>
          )}
        </div>
        {over?.page === "source" && <SourceView open={over.open} onBack={() => setOver(null)} />}
        {over?.page === "call" && <Late name="call" chat={chat} onBack={() => setOver(null)} />}
        {over?.page === "earlier" && (
          <Late name="earlier" chat={chat} onBack={() => setOver(null)} onResume={props.onUse} />
        )}
      </div>
    </>
  );
}

/** What one is writing with; at the beginning of a chat it also bids welcome. */
function Intro({ large }: { large: boolean }) {
  const { words, config } = useAround();
  return (
    <div class={large ? "intro welcome" : "intro"}>
      {large && (
        <>
          <span class="face">
            <Icon name="chat" />
          </span>
          <h2>
            <bdi>{config.greeting || words.say("question")}</bdi>
          </h2>
        </>
      )}
      <p>{words.say("intro")}</p>
    </div>
  );
}

function Foot({ withPerson, onPerson }: { withPerson: boolean; onPerson: () => void }) {
  const { words } = useAround();
  if (withPerson) return <footer />;
  return (
    <footer>
      <button type="button" class="link" onClick={onPerson}>
        <Icon name="person" />
        {words.say("person")}
      </button>
    </footer>
  );
}

/** A word or two that tell no language are answered in English; that says nothing of who wrote them. */
function isClear(language: string, asked: Line | undefined): boolean {
  return language !== "en" || (asked?.kind === "visitor" && asked.text.split(/\s+/).length > FEWEST_WORDS);
}

function tellOf(fresh: Line[]): void {
  for (const line of fresh) {
    if (line.kind === "answer") happened({ name: "message", detail: { from: "assistant" } });
    else if (line.kind === "agent") happened({ name: "message", detail: { from: "agent" } });
    else if (line.kind === "notice" && line.notice.type === "ended") happened({ name: "chatEnded" });
  }
}
