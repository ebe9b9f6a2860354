// The chat's state in one place: the log folded into a view, the outbox, and the state of the line.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { advance, type ChatView, emptyView, withOutgoing } from "../protocol/chatView";
import { followChat, type Link } from "../protocol/connection";
import { Outbox } from "../protocol/outbox";
import type { Refused } from "../protocol/refused";
import { send } from "./api";
import { outboxStore, type Session } from "./session";

export interface ChatState {
  view: ChatView;
  link: Link;
  say: (text: string) => void;
}

const GONE = new Set([403, 404]);

function withUnsent(view: ChatView): ChatView {
  return outboxStore.load().reduce((seen, item) => withOutgoing(seen, item.id, item.text, "waiting"), view);
}

/** Follow a chat; `onGone` is called when the desk does not know it any more. */
export function useChat(session: Session, page: string, onGone: () => void): ChatState {
  const [view, setView] = useState<ChatView>(() => withUnsent(emptyView));
  const [link, setLink] = useState<Link>("connecting");
  const latest = useRef(view);
  const outbox = useRef<Outbox | null>(null);

  useEffect(() => {
    const change = (how: (view: ChatView) => ChatView) => {
      latest.current = how(latest.current);
      setView(latest.current);
    };
    const leaveIfGone = (error: Refused) => {
      if (GONE.has(error.status)) onGone();
    };
    const box = new Outbox(
      outboxStore,
      (item) => send(session, item, page),
      (item, delivery) => change((seen) => withOutgoing(seen, item.id, item.text, delivery)),
      leaveIfGone,
    );
    outbox.current = box;
    const following = followChat({
      url: (after) => `/api/v1/chats/${session.sessionId}/events?after=${after}`,
      headers: { "X-Visitor-Token": session.visitorToken },
      after: () => latest.current.seq,
      hear: (event) => change((seen) => advance(seen, event)),
      onLink: (now) => {
        setLink(now);
        if (now === "live") void box.flush();
      },
      onRefused: (error) => {
        leaveIfGone(error);
        // The desk's log is shorter than what was seen here, as after a restored backup: read it anew.
        if (error.status === 400) change(() => withUnsent(emptyView));
        return !GONE.has(error.status);
      },
    });
    return () => {
      following.stop();
      box.close();
    };
  }, [session, page, onGone]);

  const say = useCallback((text: string) => {
    outbox.current?.add({ id: newId(), text });
  }, []);

  return { view, link, say };
}

/** A random id; `crypto.randomUUID` is missing on pages without TLS, where many desks start. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
