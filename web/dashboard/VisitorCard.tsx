import { ago } from "../common/ago";
import type { ChatRow } from "./api";

/** Who writes, from where, and how the chat stands. */
export function VisitorCard({ chat }: { chat: ChatRow }) {
  const { environment, userAgent, currentPage } = chat.metadata;
  const facts: [string, string | undefined][] = [
    ["E-mail", chat.userEmail],
    ["Page", currentPage],
    ["Language", environment?.language],
    ["Browser", browserOf(userAgent ?? "")],
    ["System", environment?.platform],
    ["Category", chat.category],
    ["Mood", chat.sentiment],
    ["Priority", chat.priority === "medium" ? undefined : chat.priority],
    ["Notice", chat.metadata.profanity ? "Swears" : undefined],
    ["Began", ago(chat.startedAt)],
    ["Ended", chat.endedAt && chat.status === "closed" ? ago(chat.endedAt) : undefined],
    ["Rating", chat.rating === undefined ? undefined : String(chat.rating)],
  ];
  return (
    <aside class="card" aria-label="Visitor">
      <div class="face" aria-hidden="true">
        {chat.userName.trim().charAt(0).toUpperCase() || "?"}
      </div>
      <h2>{chat.userName}</h2>
      <dl>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </aside>
  );
}

function browserOf(userAgent: string): string | undefined {
  return ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => userAgent.includes(`${name}/`));
}
