import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Citation, Source } from "../protocol/events";
import { tellHost } from "./App";
import { askForPerson, endChat, stopAnswer } from "./api";
import { LineView } from "./LineView";
import { SourceView } from "./SourceView";
import type { Session } from "./session";
import type { Texts } from "./texts";
import { useChat } from "./useChat";

const LONGEST = 4000;

export interface OpenSource {
  source: Source;
  citation: Citation | null;
}

export function Chat(props: { session: Session; texts: Texts; page: string; onGone: () => void }) {
  const { session, texts } = props;
  const onNews = useCallback(() => {
    if (document.visibilityState === "hidden" || !document.hasFocus()) tellHost("unread");
  }, []);
  const { view, link, say } = useChat(session, props.page, props.onGone, onNews);
  const [text, setText] = useState("");
  const [source, setSource] = useState<OpenSource | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);

  const writing = view.lines.some((line) => line.kind === "answer" && line.state === "writing");
  const last = view.lines.at(-1);
  const awaiting = !view.withPerson && last?.kind === "visitor" && last.state === "sent";

  useEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [view]);

  const submit = (event?: Event) => {
    event?.preventDefault();
    const message = text.trim();
    if (!message) return;
    say(message.slice(0, LONGEST));
    setText("");
    input.current?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };

  if (source) return <SourceView open={source} texts={texts} onBack={() => setSource(null)} />;

  return (
    <>
      {link !== "live" && (
        <p class="banner" role="status">
          {link === "offline" ? texts.offline : texts.reconnecting}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="lines" ref={list} role="log" aria-live="polite" aria-relevant="additions" tabIndex={0}>
        <p class="intro">{texts.intro}</p>
        {view.lines.map((line) => (
          <LineView
            key={line.id}
            line={line}
            texts={texts}
            onSource={setSource}
            onOffer={() => askForPerson(session)}
          />
        ))}
        {(awaiting || (writing && last?.kind === "answer" && last.sentences.length === 0)) && (
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
      <form class="composer" onSubmit={submit}>
        <textarea
          ref={input}
          rows={1}
          aria-label={texts.placeholder}
          placeholder={texts.placeholder}
          maxLength={LONGEST}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKey}
        />
        {writing || awaiting ? (
          <button type="button" class="primary" onClick={() => stopAnswer(session)}>
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
          <span>{view.agentName ?? texts.handedOver}</span>
        ) : (
          <button type="button" class="link" onClick={() => askForPerson(session)}>
            {texts.person}
          </button>
        )}
        {view.ended ? (
          <button type="button" class="link" onClick={props.onGone}>
            {texts.again}
          </button>
        ) : (
          <button type="button" class="link quiet" onClick={() => endChat(session)}>
            {texts.end}
          </button>
        )}
      </footer>
    </>
  );
}
