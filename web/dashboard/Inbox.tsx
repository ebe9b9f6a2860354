import { useCallback, useEffect, useState } from "preact/hooks";
import { type Agent, api, type ChatRow, NotSignedIn } from "./api";
import { Conversation } from "./Conversation";
import { useDesk } from "./useDesk";

const RANK = { waiting: 0, active: 1, closed: 2 };

export function Inbox({ agent, onSignedOut }: { agent: Agent; onSignedOut: () => void }) {
  const [chats, setChats] = useState<ChatRow[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  const reload = useCallback(async () => {
    try {
      const rows = await api.chats();
      rows.sort((a, b) => RANK[a.status] - RANK[b.status] || b.startedAt.localeCompare(a.startedAt));
      setChats(rows);
      setFault(null);
    } catch (error) {
      if (error instanceof NotSignedIn) onSignedOut();
      else setFault("The desk does not answer. We keep trying.");
    }
  }, [onSignedOut]);

  useEffect(() => void reload(), [reload]);
  useDesk(reload);

  const chat = chats?.find((one) => one.sessionId === chosen) ?? null;
  return (
    <div class={chat ? "inbox chosen" : "inbox"}>
      <nav class="queue" aria-label="Chats">
        {fault && <p class="fault">{fault}</p>}
        {chats?.length === 0 && <p class="empty">No chats yet. They appear here as visitors write.</p>}
        {chats?.map((one) => (
          <button
            key={one.sessionId}
            type="button"
            class="row"
            aria-current={one.sessionId === chosen ? "true" : undefined}
            onClick={() => setChosen(one.sessionId)}
          >
            <span class="name">{one.userName}</span>
            <span class={`state ${one.status}`}>{stateOf(one)}</span>
            <span class="mail">{one.userEmail}</span>
            {one.status === "waiting" && <span class="wait">{one.waitTime} min</span>}
          </button>
        ))}
      </nav>
      {chat ? (
        <Conversation
          key={chat.sessionId}
          chat={chat}
          agent={agent}
          onChanged={reload}
          onBack={() => setChosen(null)}
        />
      ) : (
        <main class="empty">Pick a chat. Those that wait for a person stand first.</main>
      )}
    </div>
  );
}

function stateOf(chat: ChatRow): string {
  if (chat.status === "closed") return "Closed";
  if (chat.status === "waiting") return "Waiting";
  return chat.mode === "human" ? (chat.assignedAgent?.name ?? "With a person") : "Assistant";
}
