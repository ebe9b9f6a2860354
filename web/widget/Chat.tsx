import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../protocol/chatView";
import type { Citation, Source } from "../protocol/events";
import { askForPerson, endChat, stopAnswer } from "./api";
import { tellHost } from "./host";
import { LineView } from "./LineView";
import { lineText } from "./lineText";
import { SourceView } from "./SourceView";
import { readMark, type Session } from "./session";
import type { Texts } from "./texts";
import { useAnnouncement } from "./useAnnouncement";
import { useChat } from "./useChat";
import { useStickToEnd } from "./useStickToEnd";

const LONGEST = 4000;

export interface OpenSource {
  source: Source;
  citation: Citation | null;
}

interface Props {
  session: Session;
  texts: Texts;
  page: string;
  /** A question that the page suggests; it is sent only if the visitor sends it. */
  draft: string;
  /** How often the visitor opened the chat; it gets the focus each time. */
  opened: number;
  shown: boolean;
  onGone: () => void;
}

export function Chat(props: Props) {
  const { session, texts } = props;
  const { view, link, say } = useChat(session, props.page, props.onGone);
  const [text, setText] = useState("");
  const [source, setSource] = useState<OpenSource | null>(null);
  const [failed, setFailed] = useState(false);
  const { list, jump } = useStickToEnd(view);
  const input = useRef<HTMLTextAreaElement>(null);
  const opener = useRef<Element | null>(null);
  const words = useCallback((line: Line) => lineText(line, texts), [texts]);
  const announcement = useAnnouncement(view.lines, link === "live", words);

  const last = view.lines.at(-1);
  const writing = view.lines.some((line) => line.kind === "answer" && line.state === "writing");
  const awaiting = !view.withPerson && last?.kind === "visitor" && last.state === "sent";
  const silent = awaiting || (last?.kind === "answer" && last.state === "writing" && !last.sentences.length);

  useEffect(() => {
    if (props.opened > 0) input.current?.focus();
  }, [props.opened]);
  useEffect(() => {
    if (props.shown) readMark.save(view.seq);
    else if (view.seq > readMark.load() && (last?.kind === "agent" || last?.kind === "answer"))
      tellHost("unread");
  }, [view.seq, props.shown, last?.kind]);
  useEffect(() => {
    if (props.draft) setText(props.draft);
  }, [props.draft]);

  const submit = (event?: Event) => {
    event?.preventDefault();
    const message = text.trim();
    if (!message) return;
    jump();
    say(message);
    setText("");
    input.current?.focus();
  };
  const act = (what: (session: Session) => Promise<void>) => {
    setFailed(false);
    input.current?.focus();
    what(session).catch(() => setFailed(true));
  };
  const openSource = (open: OpenSource) => {
    opener.current = document.activeElement;
    setSource(open);
  };
  const closeSource = useCallback(() => {
    setSource(null);
    requestAnimationFrame(() => (opener.current as HTMLElement | null)?.focus());
  }, []);

  return (
    <div class="body">
      <div class="chat" inert={source !== null}>
        {link !== "live" && (
          <p class={`banner ${link}`} role="status">
            {link === "offline" ? texts.offline : texts.reconnecting}
          </p>
        )}
        {failed && (
          <p class="banner" role="alert">
            {texts.actionFailed}
          </p>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div class="lines" ref={list} role="log" aria-live="off" aria-label={texts.log} tabIndex={0}>
          <p class="intro">{texts.intro}</p>
          {view.lines.map((line) => (
            <LineView
              key={line.id}
              line={line}
              texts={texts}
              onSource={openSource}
              onOffer={view.withPerson ? null : () => act(askForPerson)}
            />
          ))}
          {silent && (
            <p class="waiting">
              <span class="dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              {view.queuePlace ? texts.queue(view.queuePlace) : texts.writing}
            </p>
          )}
        </div>
        <p class="unseen announcement" role="status">
          {announcement}
        </p>
        <form class="composer" onSubmit={submit}>
          <textarea
            ref={input}
            rows={1}
            aria-label={texts.placeholder}
            placeholder={texts.placeholder}
            maxLength={LONGEST}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
            }}
          />
          {(writing || awaiting) && !text.trim() ? (
            <button type="button" class="primary stop" onClick={() => act(stopAnswer)}>
              <i aria-hidden="true" />
              {texts.stop}
            </button>
          ) : (
            <button type="submit" class="primary" disabled={!text.trim()}>
              {texts.send}
            </button>
          )}
        </form>
        <footer>
          {view.withPerson ? (
            <span>{view.agentName ? texts.withPerson(view.agentName) : texts.handedOver}</span>
          ) : (
            <button type="button" class="link" onClick={() => act(askForPerson)}>
              {texts.person}
            </button>
          )}
          {view.ended ? (
            <button type="button" class="link" onClick={props.onGone}>
              {texts.again}
            </button>
          ) : (
            <button type="button" class="link quiet" onClick={() => act(endChat)}>
              {texts.end}
            </button>
          )}
        </footer>
      </div>
      {source && <SourceView open={source} texts={texts} onBack={closeSource} />}
    </div>
  );
}
