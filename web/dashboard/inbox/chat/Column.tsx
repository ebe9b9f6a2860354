import { Button } from "@mantine/core";
import { IconMessageOff } from "@tabler/icons-react";
import { Refused } from "../../../protocol/refused";
import { Empty, Failed, Waiting } from "../../parts/States";
import { useOpenChats } from "../openChats";
import { useChatRow } from "../useChatRow";
import classes from "./Column.module.css";
import { Conversation } from "./Conversation";

export interface ColumnProps {
  sessionId: string;
  focused: boolean;
  /** Where only one pane has room, the way back to the list. */
  onBack: (() => void) | null;
  card: { shown: boolean; toggle: () => void };
}

/** One chat of those that stand side by side. */
export function Column(props: ColumnProps) {
  const { sessionId, focused } = props;
  const { focus, close } = useOpenChats();
  const { row, error, retry } = useChatRow(sessionId);
  const away = (
    <Button className={classes.gone ?? ""} size="xs" variant="default" onClick={() => close(sessionId)}>
      Close this column
    </Button>
  );
  return (
    <section
      className={classes.column}
      aria-label={row ? `Chat with ${row.userName}` : "Chat"}
      data-focused={focused || undefined}
      data-session={sessionId}
      tabIndex={-1}
      onFocusCapture={() => focus(sessionId)}
      onPointerDownCapture={() => focus(sessionId)}
    >
      {row ? (
        <Conversation {...props} row={row} />
      ) : isMissing(error) ? (
        <Empty icon={<IconMessageOff size={26} />} title="This chat is not there">
          <p>It was deleted, or the address is wrong.</p>
          {away}
        </Empty>
      ) : error ? (
        <>
          <Failed error={error} onRetry={retry} />
          {away}
        </>
      ) : (
        <Waiting what="Opening the chat" />
      )}
    </section>
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}
