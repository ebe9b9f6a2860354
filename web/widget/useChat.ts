// One chat on this page: its log as the store folds it, and the outbox of what is on its way.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ChatStore } from "../protocol/chatStore";
import { type ChatView, emptyView, withOutgoing } from "../protocol/chatView";
import type { Link } from "../protocol/connection";
import type { Attachment } from "../protocol/events";
import { Outbox } from "../protocol/outbox";
import type { Refused } from "../protocol/refused";
import { isGone, send } from "./api";
import { outboxOf, type Session } from "./session";

export interface ChatState {
  view: ChatView;
  link: Link;
  say: (text: string, files?: Attachment[]) => void;
}

/** Follow a chat; `onGone` is called when the desk does not know it any more. */
export function useChat(chat: Session, page: string, onGone: () => void): ChatState {
  const around = useRef({ page, onGone });
  around.current = { page, onGone };
  const { store, box } = useMemo(() => {
    const leaveIfGone = (error: Refused) => {
      if (isGone(error)) around.current.onGone();
    };
    const waiting = outboxOf(chat);
    const unsent = () =>
      waiting
        .load()
        .reduce((view, one) => withOutgoing(view, one.id, one.text, "waiting", one.attachments), emptyView);
    const store = new ChatStore(
      {
        url: (after) => `/api/v1/chats/${chat.sessionId}/events?after=${after}`,
        headers: { "X-Visitor-Token": chat.visitorToken },
        onRefused: leaveIfGone,
        restart: unsent,
      },
      unsent(),
    );
    const box = new Outbox(
      waiting,
      (item) => send(chat, item, around.current.page),
      (item, delivery) =>
        store.change((view) => withOutgoing(view, item.id, item.text, delivery, item.attachments)),
      leaveIfGone,
    );
    return { store, box };
  }, [chat.sessionId]);
  const [state, setState] = useState(store.state);

  useEffect(() => {
    let before: Link | null = null;
    const hear = () => {
      const now = store.state();
      if (now.link === "live" && before !== "live") void box.flush();
      before = now.link;
      setState(now);
    };
    const leave = store.subscribe(hear);
    void box.flush();
    return () => {
      leave();
      box.close();
    };
  }, [store, box]);

  const say = useCallback(
    (text: string, files: Attachment[] = []) =>
      box.add({ id: newId(), text, ...(files.length > 0 && { attachments: files }) }),
    [box],
  );
  return { ...state, say };
}

/** A random id; `crypto.randomUUID` is missing on pages without TLS, where many desks start. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
