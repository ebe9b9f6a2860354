import { Button, Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ago } from "../../../common/ago";
import type { ChatRow } from "../../../protocol/deskSocket";
import { ask, sentenceOf } from "../../api/call";
import { useSignedIn } from "../../api/session";
import { Failed, Waiting } from "../../parts/States";
import { useChat } from "../chat/chatStores";
import { Lines } from "../chat/Lines";
import { exactly } from "../chat/Moment";
import { PanelsProvider } from "../chat/panels";
import { useReadWhole } from "../chat/useReadWhole";
import { useOpenChats } from "../openChats";
import { useChatRow } from "../useChatRow";
import { useNow } from "../useNow";
import classes from "./VisitorCard.module.css";

/** What the same visitor has asked before; each opens beside, to be read. */
export function Earlier({ row }: { row: ChatRow }) {
  const now = useNow();
  const [chosen, setChosen] = useState<string | null>(null);
  const [opened, setOpened] = useState(false);
  const earlier = useQuery({
    queryKey: ["earlier", row.sessionId],
    queryFn: async () =>
      (
        await ask.get("/api/v1/chats/{session_id}/earlier", {
          path: { session_id: row.sessionId },
        })
      ).chats,
    staleTime: 60_000,
  });
  return (
    <section className={classes.earlier} aria-label="Earlier chats">
      <h3>Earlier chats</h3>
      {earlier.isPending && <p>Reading …</p>}
      {earlier.isError && <p role="alert">{sentenceOf(earlier.error)}</p>}
      {earlier.data?.length === 0 && <p>This is the first chat.</p>}
      <ul>
        {earlier.data?.map((one) => (
          <li key={one.sessionId}>
            <button
              type="button"
              onClick={() => {
                setChosen(one.sessionId);
                setOpened(true);
              }}
            >
              <span className={classes.question}>
                {one.summary ?? one.firstQuestion ?? "Nothing was said"}
              </span>
              <time dateTime={one.startedAt} title={exactly(one.startedAt)}>
                {ago(one.startedAt, now)}
              </time>
              {one.rating !== null && <span>rated {one.rating} of 5</span>}
            </button>
          </li>
        ))}
      </ul>
      <Drawer
        opened={opened}
        onClose={() => setOpened(false)}
        position="right"
        size="lg"
        title="Earlier chat, to read"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={classes.told}>
          {chosen && <ReadOnly sessionId={chosen} onOpen={() => setOpened(false)} />}
        </div>
      </Drawer>
    </section>
  );
}

function ReadOnly({ sessionId, onOpen }: { sessionId: string; onOpen: () => void }) {
  const { row, error, retry } = useChatRow(sessionId);
  if (error) return <Failed error={error} onRetry={retry} />;
  return row ? <Told row={row} onOpen={onOpen} /> : <Waiting />;
}

function Told({ row, onOpen }: { row: ChatRow; onOpen: () => void }) {
  const me = useSignedIn();
  const { showBeside } = useOpenChats();
  const { view, refused } = useChat(row.sessionId);
  const whole = useReadWhole(view.seq, row.seq);
  if (refused) return <Failed error={refused} />;
  if (!whole.read) return <Waiting />;
  return (
    <PanelsProvider>
      <Lines
        lines={view.lines}
        pending={[]}
        visitor={row.userName}
        name="Earlier messages"
        me={me.name}
        onPush={null}
        onEdit={nothing}
        onDrop={nothing}
      />
      <Button
        variant="default"
        size="xs"
        m="sm"
        onClick={() => {
          onOpen();
          showBeside(row.sessionId);
        }}
      >
        Open it in the inbox
      </Button>
    </PanelsProvider>
  );
}

function nothing(): void {}
