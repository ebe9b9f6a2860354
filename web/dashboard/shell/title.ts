// The window's title: how much waits, and which page it is.

import { useEffect } from "react";

let name = "";
let count = 0;

function show(): void {
  document.title = `${count > 0 ? `(${count}) ` : ""}${name} · AIChatDesk`;
}

/** Name the page that is shown. */
export function useTitle(page: string): void {
  useEffect(() => {
    name = page;
    show();
  }, [page]);
}

/** Say how many chats want somebody. */
export function useTitleCount(waiting: number): void {
  useEffect(() => {
    count = waiting;
    if (name) show();
    return () => {
      count = 0;
    };
  }, [waiting]);
}
