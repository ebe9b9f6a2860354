// The chat that keys and commands are about, and what can be done with it just now.

import { useEffect, useSyncExternalStore } from "react";
import type { ChatAction } from "./chat/useChatActions";

export interface ChosenChat {
  name: string;
  actions: readonly ChatAction[];
  /** Do one of them, asking first where that is due. */
  run: (action: ChatAction) => void;
}

let chosen: ChosenChat | null = null;
const listeners = new Set<() => void>();

function choose(next: ChosenChat | null): void {
  chosen = next;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useChosenChat(): ChosenChat | null {
  return useSyncExternalStore(subscribe, () => chosen);
}

export function chosenChat(): ChosenChat | null {
  return chosen;
}

/** Offer a chat's actions for as long as it is the focused one. */
export function useOfferActions(focused: boolean, offer: ChosenChat): void {
  // After every drawing: the actions are about the chat as it stands now.
  useEffect(() => {
    if (focused && !same(chosen, offer)) choose(offer);
    else if (focused) Object.assign(chosen as ChosenChat, offer);
  });
  useEffect(() => (focused ? () => choose(null) : undefined), [focused]);
}

/** Whether a list of commands would look the same. */
function same(one: ChosenChat | null, other: ChosenChat): boolean {
  const shown = (chat: ChosenChat) => [chat.name, ...chat.actions.map((action) => action.label)].join("\n");
  return one !== null && shown(one) === shown(other);
}
