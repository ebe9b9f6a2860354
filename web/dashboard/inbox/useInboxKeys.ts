import { type RefObject, useEffect } from "react";
import { isChained, isTyping } from "../shell/useShortcuts";
import { chosenChat } from "./chosenChat";

/** The keys of the inbox; all of them are in the list that `?` shows. */
export function useInboxKeys(search: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event) || isChained(event) || document.querySelector("[role=dialog]")) return;
      if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
      else if (event.key === "/") search.current?.focus();
      else {
        const chat = chosenChat();
        const action = chat?.actions.find((one) => one.key === event.key);
        if (!chat || !action) return;
        chat.run(action);
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [search]);
}

/** Move the focus in the queue, from where it is, or from the chat that is open. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("a[data-session]")];
  const here = document.activeElement;
  let place = rows.findIndex((row) => row === here || row.parentElement?.contains(here));
  if (place < 0) place = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = place < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, place + by))];
  next?.focus();
}
