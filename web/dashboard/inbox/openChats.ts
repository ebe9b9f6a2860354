// Which chats stand side by side: the address says so, `/inbox/SID+SID2`, so that a reload and a link keep them.

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useLocation } from "wouter";

export const MOST_COLUMNS = 3;
const PLACE = /^\/inbox\/([^/?]+)/;
const KEY = "aichatdesk.inbox.focused";
const LEFT = "aichatdesk.inbox.left";

let focused = sessionStorage.getItem(KEY);
/** Where the inbox was left, for coming back to it from another page. */
let left = sessionStorage.getItem(LEFT) ?? "/inbox";
const listeners = new Set<() => void>();

function setFocused(sessionId: string): void {
  focused = sessionId;
  sessionStorage.setItem(KEY, sessionId);
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function openIn(location: string): string[] {
  const names = PLACE.exec(location)?.[1]?.split("+") ?? [];
  return [...new Set(names.filter(Boolean))].slice(0, MOST_COLUMNS);
}

export function addressOfChats(open: readonly string[]): string {
  return open.length > 0 ? `/inbox/${open.map(encodeURIComponent).join("+")}` : "/inbox";
}

export function placeLeft(): string {
  return left;
}

export function leaveAt(location: string): void {
  left = location;
  sessionStorage.setItem(LEFT, location);
}

export interface OpenChats {
  open: string[];
  /** The one that keys and commands are about. */
  focused: string | null;
  focus: (sessionId: string) => void;
  /** Show a chat in the focused column, or go to its own. */
  show: (sessionId: string) => void;
  /** Show a chat in a column of its own; the oldest column makes room. */
  showBeside: (sessionId: string) => void;
  close: (sessionId: string) => void;
}

/** The open chats; works on every page, as the palette does. */
export function useOpenChats(): OpenChats {
  const [location, go] = useLocation();
  const last = useSyncExternalStore(subscribe, () => focused);
  const inInbox = location.startsWith("/inbox");
  const address = inInbox ? location : left;
  const open = useMemo(() => openIn(address), [address]);
  const current = open.find((one) => one === last) ?? open[0] ?? null;
  const place = useCallback(
    (next: string[], focus: string | null) => {
      if (focus) setFocused(focus);
      go(addressOfChats(next));
    },
    [go],
  );
  return useMemo(
    () => ({
      open,
      focused: current,
      focus: setFocused,
      show: (id) => {
        if (open.includes(id)) place(open, id);
        else place(current ? open.map((one) => (one === current ? id : one)) : [id], id);
      },
      showBeside: (id) => {
        if (open.includes(id)) place(open, id);
        else place([...open.slice(open.length < MOST_COLUMNS ? 0 : 1), id], id);
      },
      close: (id) => {
        const rest = open.filter((one) => one !== id);
        const next = open[open.indexOf(id) + 1] ?? rest.at(-1) ?? null;
        place(rest, id === current ? next : current);
      },
    }),
    [open, current, place],
  );
}
