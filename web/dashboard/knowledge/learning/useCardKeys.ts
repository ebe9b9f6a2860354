import { type RefObject, useEffect } from "react";
import { isTyping } from "../../shell/useShortcuts";

/** `j` and `k` move between the cards of a list; a letter presses the button of the card in focus that has it. */
export function useCardKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const cards = cardsOf(list.current);
      const here = cards.findIndex((card) => card.contains(document.activeElement));
      const to = event.key === "j" ? here + 1 : event.key === "k" ? here - 1 : null;
      if (to !== null) {
        cards[Math.min(Math.max(to, 0), cards.length - 1)]?.focus();
        return;
      }
      const button = cards[here]?.querySelector<HTMLButtonElement>(
        `button[data-key="${CSS.escape(event.key)}"]`,
      );
      if (!button || button.disabled) return;
      event.preventDefault();
      button.click();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [list]);
}

/** Give the focus of a card that goes away to the next one, or to the list if it was the last. */
export function focusNext(card: HTMLElement | null): void {
  if (!card?.contains(document.activeElement) && document.activeElement !== document.body) return;
  const list = card?.parentElement ?? null;
  const cards = cardsOf(list);
  const here = card ? cards.indexOf(card) : -1;
  (cards[here + 1] ?? cards[here - 1] ?? list)?.focus();
}

function cardsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>(":scope > article") ?? [])];
}
