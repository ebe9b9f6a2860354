// The list of chats and who looks at which, kept fresh by the desk's socket.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useState } from "react";
import { advanceRows, mergeRows } from "../../protocol/chatRows";
import { type ChatRow, type DeskFrame, type DeskLink, listenToDesk } from "../../protocol/deskSocket";
import type { Reply } from "../../protocol/routes";
import { ask } from "./call";
import { endSession, presentSession, useSessionEnded } from "./endedSession";

export const CHATS = ["chats"];
const LOOKING = ["looking"];
const LOOK_EVERY = 60_000;

export type Looking = Reply<"get", "/api/v1/desk/looking">["looking"];

/** What was told while lists were on their way, one array for each of them. */
const asked = new Set<DeskFrame[]>();

/** Every open chat and those closed within a day. */
export function useChats() {
  const queries = useQueryClient();
  return useQuery({
    queryKey: CHATS,
    queryFn: async ({ signal }) => {
      const heard: DeskFrame[] = [];
      asked.add(heard);
      try {
        const fetched = await ask.get("/api/dashboard/chats", { signal });
        return mergeRows(queries.getQueryData<readonly ChatRow[]>(CHATS) ?? [], fetched, heard);
      } finally {
        asked.delete(heard);
      }
    },
    refetchInterval: LOOK_EVERY,
  });
}

/** Which agents have which chat open. */
export function useLooking(): Looking {
  const { data } = useQuery({
    queryKey: LOOKING,
    queryFn: async () => (await ask.get("/api/v1/desk/looking")).looking,
  });
  return data ?? {};
}

type Hear = (frame: DeskFrame) => void;

export interface Feed {
  link: DeskLink;
  /** Hear every frame; returns how to stop. */
  onFrame: (hear: Hear) => () => void;
}

export const DeskFeed = createContext<Feed | null>(null);

export function useDeskFeed(): Feed {
  const feed = useContext(DeskFeed);
  if (!feed) throw new Error("There is no desk to hear of here.");
  return feed;
}

/** Listen to the desk for as long as the caller is on screen; call once, in the shell. */
export function useListenToDesk(): Feed {
  const queries = useQueryClient();
  const [link, setLink] = useState<DeskLink>("connecting");
  const hearers = useRef(new Set<Hear>());
  const ended = useSessionEnded();
  useEffect(() => {
    if (ended) return;
    const listensIn = presentSession();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return listenToDesk(`${scheme}//${location.host}/ws`, {
      hear: (frame) => {
        if (frame.type === "dashboard.chat.looking")
          queries.setQueryData<Looking>(LOOKING, (known = {}) => ({
            ...known,
            [frame.sessionId]: frame.agents,
          }));
        else queries.setQueryData<readonly ChatRow[]>(CHATS, (rows) => rows && advanceRows(rows, frame));
        for (const heard of asked) heard.push(frame);
        for (const hear of hearers.current) hear(frame);
      },
      onLink: setLink,
      onMissed: () => {
        // One that is on its way may have been answered before; it does not count.
        for (const queryKey of [CHATS, LOOKING])
          void queries.cancelQueries({ queryKey }).then(() => queries.invalidateQueries({ queryKey }));
      },
      onSignedOut: () => void endSession(listensIn),
    });
  }, [queries, ended]);
  const [onFrame] = useState(() => (hear: Hear) => {
    hearers.current.add(hear);
    return () => void hearers.current.delete(hear);
  });
  return { link, onFrame };
}
