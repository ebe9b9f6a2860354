import { useCallback, useEffect, useState } from "preact/hooks";
import { Chat } from "./Chat";
import { hearHost, tellHost } from "./host";
import { PreChat } from "./PreChat";
import { type Session, session as stored } from "./session";
import type { Texts } from "./texts";

const LONGEST_DRAFT = 500;

export function App({ texts, title, page }: { texts: Texts; title: string; page: string }) {
  const [session, setSession] = useState<Session | null>(() => stored.load());
  const [draft, setDraft] = useState("");
  const alone = window.parent === window;
  const [shown, setShown] = useState(alone);
  const [opened, setOpened] = useState(alone ? 1 : 0);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) tellHost("close");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => {
    const silence = hearHost((message) => {
      if (message.type === "draft") return setDraft(message.text.slice(0, LONGEST_DRAFT));
      setShown(message.type === "opened");
      if (message.type === "opened" && message.focus) setOpened((times) => times + 1);
    });
    tellHost("ready");
    return silence;
  }, []);
  useEffect(() => tellHost(session ? "begun" : "over"), [session]);

  const begin = (started: Session) => {
    stored.save(started);
    setSession(started);
  };
  const forget = useCallback(() => {
    stored.forget();
    setSession(null);
  }, []);

  return (
    <main class="panel">
      <header>
        <div class="mark" aria-hidden="true">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path
              d="M4 5h16v11H9l-5 4z"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              stroke-linejoin="round"
            />
          </svg>
        </div>
        <div class="who">
          <h1>{title}</h1>
          <p>{texts.assistant}</p>
        </div>
        <button type="button" class="icon" aria-label={texts.close} onClick={() => tellHost("close")}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M6 6l12 12M18 6L6 18" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
          </svg>
        </button>
      </header>
      {session ? (
        <Chat
          key={session.sessionId}
          session={session}
          texts={texts}
          page={page}
          draft={draft}
          opened={opened}
          shown={shown}
          onGone={forget}
        />
      ) : (
        <PreChat texts={texts} page={page} opened={opened} onStarted={begin} />
      )}
    </main>
  );
}
