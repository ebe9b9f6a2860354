import { useEffect, useState } from "preact/hooks";
import { Chat } from "./Chat";
import { PreChat } from "./PreChat";
import { type Session, session as stored } from "./session";
import type { Texts } from "./texts";

/** Tell the page around us; it listens to this frame alone. */
export function tellHost(type: "close" | "unread"): void {
  if (window.parent !== window) window.parent.postMessage({ source: "aichatdesk", type }, "*");
}

export function App({ texts, title, page }: { texts: Texts; title: string; page: string }) {
  const [session, setSession] = useState<Session | null>(() => stored.load());

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) tellHost("close");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const begin = (started: Session) => {
    stored.save(started);
    setSession(started);
  };
  const forget = () => {
    stored.forget();
    setSession(null);
  };

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
        <Chat key={session.sessionId} session={session} texts={texts} page={page} onGone={forget} />
      ) : (
        <PreChat texts={texts} page={page} onStarted={begin} />
      )}
    </main>
  );
}
