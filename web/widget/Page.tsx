import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAround } from "./around";
import { Icon } from "./icons";

interface Props {
  label: string;
  onBack: () => void;
  children: ComponentChildren;
}

/** A page that lies over the chat until it is left, by its button or by Escape. */
export function Page({ label, onBack, children }: Props) {
  const { words } = useAround();
  const back = useRef<HTMLButtonElement>(null);
  // Once this page is there, what is below it is inert and has lost the focus.
  const [opener] = useState(() => document.activeElement);
  const leave = useRef(onBack);
  leave.current = onBack;
  useLayoutEffect(() => {
    back.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave.current();
    };
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      // What was below is inert until the page is gone.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
      });
    };
  }, []);
  return (
    <section class="page" aria-label={label}>
      <button type="button" class="back" ref={back} onClick={onBack}>
        <Icon name="back" />
        {words.say("back")}
      </button>
      <div class="page-body">{children}</div>
    </section>
  );
}
