import { useEffect, useState } from "preact/hooks";
import { advance, type ChatView, emptyView, type Line } from "../protocol/chatView";
import { followChat, type Link } from "../protocol/connection";
import { Refused } from "../protocol/refused";
import { useStickToEnd } from "../widget/useStickToEnd";
import { type Agent, api, type ChatRow, NotSignedIn } from "./api";

interface Props {
  chat: ChatRow;
  agent: Agent;
  onChanged: () => void;
  onBack: () => void;
  onSignedOut: () => void;
}

export function Conversation({ chat, agent, onChanged, onBack, onSignedOut }: Props) {
  const [view, setView] = useState<ChatView>(emptyView);
  const [link, setLink] = useState<Link>("connecting");
  const [text, setText] = useState("");
  const [internal, setInternal] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { list, jump } = useStickToEnd(true, view);

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
      onRefused: (error) => {
        if (error.status === 401 || error.status === 403) onSignedOut();
        else if (error.status === 400) latest = emptyView;
        else setFault(error.message);
        return error.status === 400;
      },
    });
    return () => following.stop();
  }, [chat.sessionId, onSignedOut]);

  const act = async (what: () => Promise<unknown>) => {
    if (busy) return;
    setFault(null);
    setBusy(true);
    try {
      await what();
      onChanged();
    } catch (error) {
      if (error instanceof NotSignedIn) onSignedOut();
      else setFault(error instanceof Refused ? error.message : "The desk does not answer. Please try again.");
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const message = text.trim();
    if (!message) return;
    jump();
    void act(async () => {
      await api.reply(chat, message, internal);
      setText("");
    });
  };

  const mine = chat.assignedAgent?._id === agent.id && chat.mode === "human" && chat.status !== "waiting";
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
      <div class="lines" ref={list} role="log" aria-label="Conversation" tabIndex={0}>
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
        <button type="submit" class="primary" disabled={busy || !text.trim()}>
          {internal ? "Keep note" : "Send"}
        </button>
      </form>
    </main>
  );
}

function LineRow({ line }: { line: Line }) {
  switch (line.kind) {
    case "visitor":
      return (
        <p class="line visitor">
          <small>
            Visitor <Moment at={line.at} />
          </small>
          {line.text}
        </p>
      );
    case "agent":
      return (
        <p class="line agent">
          <small>
            {line.name} <Moment at={line.at} />
          </small>
          {line.text}
        </p>
      );
    case "note":
      return (
        <p class="line note">
          <small>
            Note by {line.name} <Moment at={line.at} />
          </small>
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
            {line.needsHuman && " · not sure"} <Moment at={line.at} />
          </small>
          {line.sentences.map((one) => one.text).join(" ")}
          {line.sources.length > 0 && (
            <details>
              <summary>{line.sources.length} passages found</summary>
              <ol>
                {line.sources.map((source) => (
                  <li key={source.n}>
                    <strong>{source.document}</strong> {source.section} ({source.score.toFixed(2)})
                    <q>{source.text}</q>
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

function Moment({ at }: { at: string }) {
  const moment = new Date(at);
  return (
    <time dateTime={at} title={moment.toLocaleString()}>
      {moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
    </time>
  );
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
    case "rated":
      return `Rated ${notice.rating} of 5`;
    case "failed":
      return `No answer: ${notice.code.replaceAll("_", " ")}`;
    default:
      return notice satisfies never;
  }
}
