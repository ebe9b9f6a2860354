import type { RefObject } from "preact";
import type { Wanted } from "./api";
import { useAround } from "./around";

export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

interface Props {
  name: "name" | "email" | "question" | "about";
  wanted: Wanted;
  value: string;
  fault: string | undefined;
  input: RefObject<HTMLInputElement & HTMLTextAreaElement>;
  onInput: (value: string) => void;
}

/** One field of a form with its label and what is wrong with it. */
export function Field({ name, wanted, value, fault, input, onInput }: Props) {
  const { words } = useAround();
  if (wanted === "hidden") return null;
  const long = name === "question" || name === "about";
  const common = {
    id: `field-${name}`,
    name,
    value,
    dir: name === "email" ? ("ltr" as const) : ("auto" as const),
    maxLength: long ? 4000 : 200,
    "aria-invalid": fault !== undefined,
    "aria-describedby": `fault-${name}`,
    "aria-required": wanted === "required",
  };
  return (
    <div class="form-field">
      <label for={common.id}>
        {words.say(name)}
        {wanted === "optional" && <small> ({words.say("optional")})</small>}
      </label>
      {long ? (
        <textarea {...common} ref={input} rows={2} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...common}
          {...(name === "email"
            ? { type: "email" as const, autocomplete: "email" as const }
            : { type: "text" as const, autocomplete: "name" as const })}
          ref={input}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      <p class="fault" id={`fault-${name}`}>
        {fault}
      </p>
    </div>
  );
}
