import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAround } from "./around";
import { Icon, type IconName } from "./icons";
import { privacyAddress } from "./look";
import { LANGUAGES } from "./texts";

export interface Choice {
  icon: IconName;
  label: string;
  act: () => void;
}

/** What is not needed all the time: a button that shows a list. */
export function Menu({ choices }: { choices: Choice[] }) {
  const { words, config, speak } = useAround();
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const privacy = privacyAddress(config);

  useLayoutEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>("ul button, select")?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setOpen(false);
      button.current?.focus();
    };
    const onPointer = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("pointerdown", onPointer);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onPointer);
    };
  }, [open]);

  return (
    <div
      class="menu"
      ref={menu}
      onFocusOut={(event) => {
        if (event.relatedTarget && !menu.current?.contains(event.relatedTarget as Node)) setOpen(false);
      }}
    >
      <button
        type="button"
        ref={button}
        class="head-icon"
        aria-label={words.say("more")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <div class="menu-list">
          <ul>
            {choices.map(({ icon, label, act }) => (
              <li key={label}>
                <button
                  type="button"
                  onClick={() => {
                    button.current?.focus();
                    setOpen(false);
                    act();
                  }}
                >
                  <Icon name={icon} />
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <label>
            {words.say("language")}
            <select value={words.language} onChange={(event) => speak(event.currentTarget.value)}>
              {LANGUAGES.map((language) => (
                <option key={language} value={language} lang={language}>
                  {nameOf(language)}
                </option>
              ))}
            </select>
          </label>
          {privacy && (
            <a href={privacy} target="_blank" rel="noopener noreferrer">
              {words.say("privacy")}
            </a>
          )}
        </div>
      )}
    </div>
  );
}

/** A language's own name for itself. */
function nameOf(language: string): string {
  const name = new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
