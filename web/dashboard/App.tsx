import { useEffect, useState } from "preact/hooks";
import { type Agent, api } from "./api";
import { Inbox } from "./Inbox";
import { Knowledge } from "./Knowledge";
import { Login } from "./Login";

type Page = "inbox" | "knowledge";

export function App() {
  const [agent, setAgent] = useState<Agent | null | undefined>(undefined);
  const [page, setPage] = useState<Page>("inbox");

  useEffect(() => {
    api.me().then(
      (told) => setAgent(told.agent),
      () => setAgent(null),
    );
  }, []);

  if (agent === undefined) return <p class="centre">One moment …</p>;
  if (agent === null) return <Login onSignedIn={setAgent} />;

  const leave = async () => {
    await api.logout().catch(() => undefined);
    setAgent(null);
  };
  const tab = (name: Page, label: string) => (
    <button type="button" aria-current={page === name ? "page" : undefined} onClick={() => setPage(name)}>
      {label}
    </button>
  );

  return (
    <div class="frame">
      <header class="top">
        <strong>AIChatDesk</strong>
        <nav aria-label="Pages">
          {tab("inbox", "Inbox")}
          {tab("knowledge", "Knowledge")}
        </nav>
        <span class="self">{agent.name}</span>
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </header>
      {page === "inbox" ? (
        <Inbox agent={agent} onSignedOut={() => setAgent(null)} />
      ) : (
        <Knowledge onSignedOut={() => setAgent(null)} />
      )}
    </div>
  );
}
