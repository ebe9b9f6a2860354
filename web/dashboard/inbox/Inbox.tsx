import { Drawer, Kbd } from "@mantine/core";
import { useViewportSize } from "@mantine/hooks";
import { IconMessages } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Empty } from "../parts/States";
import { useTitle } from "../shell/title";
import { VisitorCard } from "./card/VisitorCard";
import { Column } from "./chat/Column";
import classes from "./Inbox.module.css";
import { addressOfChats, leaveAt, openIn, placeLeft, useOpenChats } from "./openChats";
import { Queue } from "./queue/Queue";
import { roomFor } from "./room";
import { useChatRow } from "./useChatRow";
import { useInboxKeys } from "./useInboxKeys";
import { useKept } from "./useKept";

/** The queue, the chats that are open side by side, and the visitor of the one in use. */
export function Inbox() {
  useTitle("Inbox");
  useReturnToPlace();
  const search = useRef<HTMLInputElement>(null);
  useInboxKeys(search);
  useNoStrayDrops();
  const [, go] = useLocation();
  const { open, focused, focus } = useOpenChats();
  const { width } = useViewportSize();
  const [cardKept, keepCard] = useKept("aichatdesk.inbox.card", true);
  const [drawer, setDrawer] = useState(false);
  const room = roomFor(width, cardKept);
  const cardShown = room.cardBeside ? cardKept : drawer;
  const toggleCard = () => (room.cardBeside ? keepCard(!cardKept) : setDrawer(!drawer));
  useFocusKept(open.length);

  const place = Math.max(0, focused ? open.indexOf(focused) : 0);
  const from = Math.max(0, Math.min(place, open.length - room.columns));
  const shown = open.slice(from, from + room.columns);
  const narrow = room.onePane && open.length > 0;
  return (
    <main
      className={classes.inbox}
      id="main"
      tabIndex={-1}
      data-card={(cardShown && room.cardBeside && focused) || undefined}
    >
      {narrow && <h1 className="unseen">Inbox</h1>}
      {!narrow && <Queue search={search} />}
      {(!room.onePane || narrow) && (
        <div className={classes.chats}>
          {open.length > shown.length && (
            <nav className={classes.tabs} aria-label="Open chats">
              {open.map((one) => (
                <Tab key={one} sessionId={one} chosen={one === focused} onChoose={focus} />
              ))}
            </nav>
          )}
          <div className={classes.columns}>
            {shown.map((one) => (
              <Column
                key={one}
                sessionId={one}
                focused={one === focused}
                onBack={room.onePane ? () => go(addressOfChats([])) : null}
                card={{ shown: cardShown && one === focused, toggle: toggleCard }}
              />
            ))}
            {open.length === 0 && (
              <div className={classes.nothing}>
                <Empty icon={<IconMessages size={26} />} title="Pick a chat">
                  Those that wait for a person stand first. <Kbd size="xs">j</Kbd> and <Kbd size="xs">k</Kbd>{" "}
                  move, <Kbd size="xs">Enter</Kbd> opens, <Kbd size="xs">?</Kbd> shows all keys.
                </Empty>
              </div>
            )}
          </div>
        </div>
      )}
      {focused && room.cardBeside && cardKept && (
        <section className={classes.card} aria-label="Visitor">
          <Card sessionId={focused} />
        </section>
      )}
      <Drawer
        opened={drawer && !room.cardBeside && focused !== null}
        onClose={() => setDrawer(false)}
        position="right"
        size={340}
        title="Visitor"
        closeButtonProps={{ "aria-label": "Close" }}
        padding={0}
        classNames={{ header: classes.drawerHead ?? "" }}
      >
        {focused && <Card sessionId={focused} />}
      </Drawer>
    </main>
  );
}

function Card({ sessionId }: { sessionId: string }) {
  const { row } = useChatRow(sessionId);
  return row && <VisitorCard row={row} />;
}

function Tab(props: { sessionId: string; chosen: boolean; onChoose: (sessionId: string) => void }) {
  const { row } = useChatRow(props.sessionId);
  return (
    <button
      type="button"
      className={classes.tab}
      aria-pressed={props.chosen}
      onClick={() => props.onChoose(props.sessionId)}
    >
      {row?.userName ?? "Chat"}
    </button>
  );
}

/** A file that is dropped beside the place for it must not take the page away. */
function useNoStrayDrops(): void {
  useEffect(() => {
    const stay = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    window.addEventListener("dragover", stay);
    window.addEventListener("drop", stay);
    return () => {
      window.removeEventListener("dragover", stay);
      window.removeEventListener("drop", stay);
    };
  }, []);
}

/** Coming back from another page, the chats that were open are open. */
function useReturnToPlace(): void {
  const [location, go] = useLocation();
  const arrived = useRef(false);
  useEffect(() => {
    if (!arrived.current && openIn(location).length === 0 && openIn(placeLeft()).length > 0)
      go(placeLeft(), { replace: true });
    else leaveAt(location);
    arrived.current = true;
  }, [location, go]);
}

/** A column that closes takes what was focused with it; the queue gets the focus then. */
function useFocusKept(columns: number): void {
  const before = useRef(columns);
  useEffect(() => {
    if (columns < before.current && document.activeElement === document.body)
      (
        document.querySelector<HTMLElement>("section[data-focused]") ?? document.getElementById("main")
      )?.focus();
    before.current = columns;
  }, [columns]);
}
