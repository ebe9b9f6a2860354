import type { Line } from "../protocol/chatView";
import type { OpenSource } from "./Answer";
import { Answer } from "./Answer";
import { useAround } from "./around";
import { Files } from "./Files";
import { lineText, noticeText, wordsOfMessage } from "./lineText";
import { Markdown } from "./Markdown";
import type { Session } from "./session";

interface Props {
  line: Line;
  /** The line before, if it is of the same day. */
  before: Line | undefined;
  /** Null in a chat that is only looked at. */
  chat: Session | null;
  onSource?: (open: OpenSource) => void;
  /** Null where a person answers already. */
  onPerson?: (() => void) | null;
}

const STATES = { sending: "sending", waiting: "unsent", refused: "refused" } as const;

export function LineView({ line, before, chat, onSource, onPerson }: Props) {
  const { words } = useAround();
  const at = words.time(line.at, { hour: "numeric", minute: "numeric" });
  switch (line.kind) {
    case "visitor": {
      const text = wordsOfMessage(line);
      return (
        <div class={`line visitor ${line.state}`}>
          <span class="unseen">{words.say("you")}: </span>
          {text && (
            <p class="bubble" dir="auto" title={at}>
              {text}
            </p>
          )}
          <Files files={line.attachments} />
          {line.state !== "sent" && <small>{words.say(STATES[line.state])}</small>}
        </div>
      );
    }
    case "agent":
    case "note": {
      const text = wordsOfMessage(line);
      const goesOn = before?.kind === line.kind && before.name === line.name;
      return (
        <div class={`line agent ${goesOn ? "goes-on" : ""}`}>
          {!goesOn && (
            <p class="name">
              <Face name={line.name} />
              <bdi>{line.name || words.say("team")}</bdi>
              <time dateTime={line.at}>{at}</time>
            </p>
          )}
          {text && (
            <div class="bubble" title={at}>
              <Markdown text={text} />
            </div>
          )}
          <Files files={line.attachments} />
        </div>
      );
    }
    case "answer":
      return (
        <Answer
          line={line}
          at={at}
          chat={chat}
          onSource={onSource ?? (() => {})}
          onPerson={onPerson ?? null}
        />
      );
    case "notice":
      // How the chat was rated is said where it is asked.
      if (line.notice.type === "rated") return null;
      return <p class="notice">{noticeText(line.notice, words)}</p>;
    default:
      return <p>{lineText(line satisfies never, words)}</p>;
  }
}

/** The first letters of a name. */
export function Face({ name }: { name: string }) {
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => Array.from(part)[0] ?? "")
    .join("");
  return (
    <span class="face" aria-hidden="true">
      {letters.toUpperCase()}
    </span>
  );
}
