// The chats that were open lately, so that going back to one shows it at once and asks only for what is new.

import { useSyncExternalStore } from "react";
import { ChatStore } from "../../../protocol/chatStore";
import type { ChatView } from "../../../protocol/chatView";
import type { Link } from "../../../protocol/connection";
import type { Refused } from "../../../protocol/refused";
import { endSession, presentSession } from "../../api/endedSession";
import { forgetWithAccount, whoAmI } from "../../api/session";

const MOST = 12;

interface Open {
  store: ChatStore;
  refused: Refused | null;
}

const stores = new Map<string, Open>();

forgetWithAccount(() => stores.clear());

function storeOf(sessionId: string): Open {
  const known = stores.get(sessionId);
  // Set again, so that it is the newest.
  stores.delete(sessionId);
  const opened = known ?? make(sessionId);
  stores.set(sessionId, opened);
  for (const oldest of stores.keys()) {
    if (stores.size <= MOST) break;
    stores.delete(oldest);
  }
  return opened;
}

function make(sessionId: string): Open {
  let sentIn = presentSession();
  const opened: Open = {
    refused: null,
    store: new ChatStore({
      url: (after) => {
        sentIn = presentSession();
        return `/api/v1/chats/${encodeURIComponent(sessionId)}/events?after=${after}`;
      },
      headers: {},
      onRefused: (error) => void refuse(opened, error, sentIn),
    }),
  };
  return opened;
}

async function refuse(opened: Open, error: Refused, sentIn: number): Promise<void> {
  if (await comesBack(error, sentIn)) return opened.store.followAgain();
  opened.refused = error;
  opened.store.change((view) => ({ ...view }));
}

/** To the events of a chat whoever is not signed in is a visitor without the token. */
async function comesBack({ status }: Refused, sentIn: number): Promise<boolean> {
  if (status !== 401 && status !== 403) return false;
  if (sentIn !== presentSession()) return endSession(sentIn);
  const known = await whoAmI().catch(() => undefined);
  return known === null && endSession(sentIn);
}

/** One chat, followed for as long as the caller is on screen. */
export function useChat(sessionId: string): { view: ChatView; link: Link; refused: Refused | null } {
  const opened = stores.get(sessionId) ?? storeOf(sessionId);
  const { view, link } = useSyncExternalStore(opened.store.subscribe, opened.store.state);
  return { view, link, refused: opened.refused };
}

/** Forget a chat that is no more. */
export function dropChat(sessionId: string): void {
  stores.delete(sessionId);
}
