import { useCallback, useEffect, useState } from "preact/hooks";
import { ago } from "../common/ago";
import { type Agent, api, type ChatRow, NotSignedIn } from "./api";
import { Conversation } from "./Conversation";
import { useDesk } from "./useDesk";
import { VisitorCard } from "./VisitorCard";

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

  const waiting = chats?.filter((one) => one.status === "waiting").length ?? 0;
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) AIChatDesk` : "AIChatDesk";
  }, [waiting]);

  const chat = chats?.find((one) => one.sessionId === chosen) ?? null;
  return (
    <div class={chat ? "inbox chosen" : "inbox"}>
      <nav class="queue" aria-label="Chats">
        {fault && <p class="fault">{fault}</p>}
        <h1>Chats {waiting > 0 && <span class="count">{waiting} waiting</span>}</h1>
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
            <span class={`state ${one.status} ${one.mode}`}>{stateOf(one, agent)}</span>
            <span class="mail">{one.userEmail}</span>
            <span class="wait">{one.status === "waiting" ? `${one.waitTime} min` : ago(one.startedAt)}</span>
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
          onSignedOut={onSignedOut}
        />
      ) : (
        <main class="empty">Pick a chat. Those that wait for a person stand first.</main>
      )}
      {chat && <VisitorCard chat={chat} />}
    </div>
  );
}

function stateOf(chat: ChatRow, agent: Agent): string {
  if (chat.status === "closed") return "Closed";
  if (chat.status === "waiting") {
    if (!chat.assignedAgent) return "Waiting";
    return chat.assignedAgent._id === agent.id ? "Waits for you" : `Waits for ${chat.assignedAgent.name}`;
  }
  return chat.mode === "human" ? (chat.assignedAgent?.name ?? "With a person") : "Assistant";
}
