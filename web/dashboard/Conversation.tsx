import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { advance, type ChatView, emptyView, type Line } from "../protocol/chatView";
import { followChat, type Link } from "../protocol/connection";
import { type Agent, api, type ChatRow } from "./api";

interface Props {
  chat: ChatRow;
  agent: Agent;
  onChanged: () => void;
  onBack: () => void;
}

export function Conversation({ chat, agent, onChanged, onBack }: Props) {
  const [view, setView] = useState<ChatView>(emptyView);
  const [link, setLink] = useState<Link>("connecting");
  const [text, setText] = useState("");
  const [internal, setInternal] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let latest = emptyView;
    const following = followChat({
      url: (after) => `/api/v1/chats/${chat.sessionId}/events?after=${after}`,
      headers: {},
      after: () => latest.seq,
      hear: (event) => {
        latest = advance(latest, event);
        setView(latest);
      },
      onLink: setLink,
    });
    return () => following.stop();
  }, [chat.sessionId]);

  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [view]);

  const act = async (what: () => Promise<unknown>) => {
    setFault(null);
    try {
      await what();
      onChanged();
    } catch (error) {
      setFault(error instanceof Error ? error.message : "That did not work.");
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const message = text.trim();
    if (!message) return;
    void act(async () => {
      await api.reply(chat, message, internal);
      setText("");
    });
  };

  const mine = chat.assignedAgent?._id === agent.id && chat.mode === "human";
  return (
    <main class="conversation">
      <header>
        <button type="button" class="back" onClick={onBack}>
          ← All chats
        </button>
        <div>
          <h1>{chat.userName}</h1>
          <p>
            {chat.userEmail}
            {chat.metadata.currentPage ? ` · ${chat.metadata.currentPage}` : ""}
          </p>
        </div>
        <div class="actions">
          {!mine && (
            <button type="button" class="primary" onClick={() => act(() => api.takeOver(chat))}>
              Take over
            </button>
          )}
          {mine && (
            <button type="button" onClick={() => act(() => api.giveBack(chat))}>
              Return to assistant
            </button>
          )}
          {chat.status !== "closed" && (
            <button type="button" onClick={() => act(() => api.end(chat))}>
              End chat
            </button>
          )}
        </div>
      </header>
      {link === "offline" && <p class="banner">No connection. Trying again …</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="lines" ref={list} role="log" tabIndex={0}>
        {view.lines.map((line) => (
          <LineRow key={line.id} line={line} />
        ))}
      </div>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <form class={internal ? "composer internal" : "composer"} onSubmit={submit}>
        <textarea
          rows={2}
          aria-label={internal ? "Internal note" : "Reply"}
          placeholder={internal ? "A note that only colleagues see …" : "Write to the visitor …"}
          maxLength={4000}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
          }}
        />
        <label>
          <input
            type="checkbox"
            checked={internal}
            onChange={(event) => setInternal(event.currentTarget.checked)}
          />{" "}
          Internal note
        </label>
        <button type="submit" class="primary" disabled={!text.trim()}>
          {internal ? "Keep note" : "Send"}
        </button>
      </form>
    </main>
  );
}

function LineRow({ line }: { line: Line }) {
  switch (line.kind) {
    case "visitor":
      return <p class="line visitor">{line.text}</p>;
    case "agent":
      return (
        <p class="line agent">
          <small>{line.name}</small>
          {line.text}
        </p>
      );
    case "note":
      return (
        <p class="line note">
          <small>Note by {line.name}</small>
          {line.text}
        </p>
      );
    case "answer":
      return (
        <div class="line answer">
          <small>
            Assistant
            {line.confidence !== null && ` · confidence ${Math.round(line.confidence * 100)} %`}
            {line.state === "incomplete" && " · cut off"}
          </small>
          {line.sentences.map((one) => one.text).join(" ")}
          {line.sources.length > 0 && (
            <details>
              <summary>{line.sources.length} passages found</summary>
              <ol>
                {line.sources.map((source) => (
                  <li key={source.n}>
                    <strong>{source.document}</strong> {source.section} ({source.score.toFixed(2)})
                  </li>
                ))}
              </ol>
            </details>
          )}
        </div>
      );
    case "notice":
      return <p class="notice">{noticeText(line)}</p>;
    default:
      return line satisfies never;
  }
}

function noticeText({ notice }: Extract<Line, { kind: "notice" }>): string {
  switch (notice.type) {
    case "handed_over":
      return `Handed over: ${notice.reason.replaceAll("_", " ")}`;
    case "agent_joined":
      return `${notice.name} took over`;
    case "returned_to_ai":
      return "Returned to the assistant";
    case "ended":
      return "Chat ended";
    case "reopened":
      return "Chat reopened";
    case "failed":
      return `No answer: ${notice.code.replaceAll("_", " ")}`;
    default:
      return notice satisfies never;
  }
}
