// The chat's state in one place: the log folded into a view, the outbox, and the state of the line.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { advance, type ChatView, emptyView, withOutgoing } from "../protocol/chatView";
import { followChat, type Link } from "../protocol/connection";
import type { ChatEvent } from "../protocol/events";
import { Refused, send } from "./api";
import { outbox, type Session } from "./session";

export interface ChatState {
  view: ChatView;
  link: Link;
  say: (text: string) => void;
}

const GONE = new Set([403, 404]);

/** Follow a chat; `onGone` is called when the desk does not know it any more. */
export function useChat(session: Session, page: string, onGone: () => void, onNews: () => void): ChatState {
  const [view, setView] = useState<ChatView>(() =>
    outbox.load().reduce((seen, item) => withOutgoing(seen, item.id, item.text, "sending"), emptyView),
  );
  const [link, setLink] = useState<Link>("connecting");
  const latest = useRef(view);
  const flushing = useRef(false);

  const change = useCallback((how: (view: ChatView) => ChatView) => {
    latest.current = how(latest.current);
    setView(latest.current);
  }, []);

  const flush = useCallback(async () => {
    if (flushing.current) return;
    flushing.current = true;
    try {
      for (const item of outbox.load()) {
        await send(session, item, page);
        outbox.remove(item.id);
      }
    } catch (error) {
      if (error instanceof Refused && GONE.has(error.status)) onGone();
      const state = error instanceof Refused ? "failed" : "sending";
      if (error instanceof Refused && error.status === 400) outbox.remove(outbox.load()[0]?.id ?? "");
      for (const item of outbox.load()) change((seen) => withOutgoing(seen, item.id, item.text, state));
    } finally {
      flushing.current = false;
    }
  }, [session, page, onGone, change]);

  useEffect(() => {
    const following = followChat({
      url: (after) => `/api/v1/chats/${session.sessionId}/events?after=${after}`,
      headers: { "X-Visitor-Token": session.visitorToken },
      after: () => latest.current.seq,
      hear: (event: ChatEvent) => {
        change((seen) => advance(seen, event));
        if (event.type === "sentence" || event.type === "message") onNews();
      },
      onLink: (now) => {
        setLink(now);
        if (now === "live") void flush();
      },
    });
    return () => following.stop();
  }, [session, change, flush, onNews]);

  const say = useCallback(
    (text: string) => {
      const item = { id: crypto.randomUUID(), text };
      outbox.add(item);
      change((seen) => withOutgoing(seen, item.id, text, "sending"));
      void flush();
    },
    [change, flush],
  );

  return { view, link, say };
}
