import { Failed, Waiting } from "../../parts/States";
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
      ) : error ? (
        <>
          <Failed error={error} onRetry={retry} />
          <button type="button" className={classes.gone} onClick={() => close(sessionId)}>
            Close this column
          </button>
        </>
      ) : (
        <Waiting what="Opening the chat" />
      )}
    </section>
  );
}
