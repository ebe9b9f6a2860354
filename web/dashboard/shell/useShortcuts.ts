import { useEffect } from "react";
import { useLocation } from "wouter";
import type { PageEntry } from "./pages";

const CHAIN_LASTS = 1500;

let chainBegan = Number.NEGATIVE_INFINITY;

/** Whether `g` was pressed just before a key, which then names a page; however late the page comes to see them. */
export function isChained({ timeStamp }: Event): boolean {
  return timeStamp - chainBegan < CHAIN_LASTS;
}

/** Whether a key is meant for a field and not for the page. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(
    target?.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]"),
  );
}

/** The keys that work on every page: `g` and a page's letter, and `?`. */
export function useShortcuts({ pages, onHelp }: { pages: readonly PageEntry[]; onHelp: () => void }): void {
  const [, go] = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (event.key === "?") {
        event.preventDefault();
        onHelp();
      } else if (event.key === "g") chainBegan = event.timeStamp;
      else if (isChained(event)) {
        chainBegan = Number.NEGATIVE_INFINITY;
        const page = pages.find((one) => one.key === event.key);
        if (page) go(page.link);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [pages, onHelp, go]);
}
