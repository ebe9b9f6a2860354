import { Fragment } from "preact";
import type { Line } from "../protocol/chatView";
import type { OpenSource } from "./Answer";
import { useAround } from "./around";
import { LineView } from "./LineView";
import type { Session } from "./session";

interface Props {
  lines: Line[];
  chat: Session;
  onSource: (open: OpenSource) => void;
  onPerson: (() => void) | null;
}

/** The lines of a chat, with the day above the first of each, where there is more than today. */
export function Lines({ lines, chat, onSource, onPerson }: Props) {
  const { words } = useAround();
  const today = new Date().toDateString();
  return (
    <>
      {lines.map((line, place) => {
        const before = lines[place - 1];
        const day = new Date(line.at).toDateString();
        const sameDay = before ? new Date(before.at).toDateString() === day : day === today;
        return (
          <Fragment key={line.id}>
            {!sameDay && (
              <p class="day">{words.time(line.at, { weekday: "long", day: "numeric", month: "long" })}</p>
            )}
            <LineView
              line={line}
              before={sameDay ? before : undefined}
              chat={chat}
              onSource={onSource}
              onPerson={onPerson}
            />
          </Fragment>
        );
      })}
    </>
  );
}
