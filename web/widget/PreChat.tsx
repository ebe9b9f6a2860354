import { useEffect, useRef, useState } from "preact/hooks";
import { startChat, type Wanted } from "./api";
import { useAround } from "./around";
import { Choices } from "./Choices";
import { EMAIL, Field } from "./Field";
import { Icon } from "./icons";
import { privacyAddress } from "./look";
import type { Session } from "./session";

export interface Known {
  name: string;
  email: string;
  user: string;
}

interface Props {
  /** How often the visitor opened the chat; the form gets the focus each time. */
  opened: number;
  /** A question that the page suggests. */
  suggested: string;
  /** Who the visitor is, if the page around us has said so. */
  known: Known;
  /** What the visitor told of themselves the last time. */
  before: Known;
  /** The chat before is no longer there. */
  lost: boolean;
  onStarted: (chat: Session, question: string) => void;
  onEarlier: (() => void) | null;
}

type Fields = { name: string; email: string; question: string };
const NAMES = ["name", "email", "question"] as const;

export function PreChat({ opened, suggested, known, before, lost, onStarted, onEarlier }: Props) {
  const { words, config, page, preview } = useAround();
  const [values, setValues] = useState<Fields>({
    name: known.name || before.name,
    email: known.email || before.email,
    question: suggested,
  });
  const [faults, setFaults] = useState<Partial<Fields>>({});
  const [category, setCategory] = useState<string | null>(null);
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const inputs = { name: useRef(null), email: useRef(null), question: useRef(null) } as unknown as Record<
    keyof Fields,
    { current: (HTMLInputElement & HTMLTextAreaElement) | null }
  >;
  const form = useRef<HTMLFormElement>(null);
  const privacy = privacyAddress(config);
  const asked = asking(config.form, known, suggested);

  useEffect(() => {
    if (opened > 0) form.current?.querySelector<HTMLElement>(".sheet :is(button, input, textarea)")?.focus();
  }, [opened]);
  useEffect(() => {
    if (suggested) setValues((now) => ({ ...now, question: suggested }));
  }, [suggested]);
  const last = useRef(before);
  useEffect(() => {
    const { current } = last;
    last.current = before;
    // What the visitor has typed here stays; what was remembered of somebody else does not.
    const filled = (one: "name" | "email", now: Fields) =>
      known[one] || (now[one] === current[one] ? before[one] : now[one]);
    setValues((now) => ({ ...now, name: filled("name", now), email: filled("email", now) }));
  }, [known, before]);

  const set = (name: keyof Fields) => (value: string) => setValues((now) => ({ ...now, [name]: value }));
  const submit = async (event: Event) => {
    event.preventDefault();
    const told = Object.fromEntries(NAMES.map((name) => [name, values[name].trim()])) as unknown as Fields;
    const wrong = faultsOf(told, asked, words.say);
    setFaults(wrong);
    const first = NAMES.find((name) => wrong[name]);
    if (first) return inputs[first].current?.focus();
    if (preview) return;
    setState("busy");
    try {
      const chat = await startChat(
        {
          ...(told.name && { userName: told.name }),
          ...(told.email && { userEmail: told.email }),
          ...(told.question && { question: told.question }),
          ...(category && { categoryId: category }),
        },
        page,
        words.language,
      );
      onStarted(chat, told.question);
    } catch {
      setState("failed");
    }
  };

  return (
    <form ref={form} class="prechat" onSubmit={submit} noValidate>
      <div class="hello">
        <p>
          <bdi>{config.greeting || words.say("question")}</bdi>
        </p>
      </div>
      <div class="sheet">
        <p class="intro">
          {words.say("intro")}{" "}
          {privacy && (
            <a href={privacy} target="_blank" rel="noopener noreferrer">
              {words.say("privacy")}
            </a>
          )}
        </p>
        {lost && (
          <p class="note" role="status">
            {words.say("ended")}
          </p>
        )}
        {!config.desk.staffed && (
          <p class="note" dir="auto">
            {config.desk.away || words.say("away")}
          </p>
        )}
        {NAMES.map((name) => (
          <Field
            key={name}
            name={name}
            wanted={asked[name]}
            value={values[name]}
            fault={faults[name]}
            input={inputs[name] as never}
            onInput={set(name)}
          />
        ))}
        <Choices
          category={category}
          question={values.question}
          onCategory={(id) => setCategory(category === id ? null : id)}
          onQuestion={(one) => set("question")(values.question === one ? "" : one)}
        />
        <p class="fault" role="alert">
          {state === "failed" && words.say("failed")}
        </p>
        {onEarlier && (
          <button type="button" class="link" onClick={onEarlier}>
            <Icon name="again" />
            {words.say("earlier")}
          </button>
        )}
        <div class="go">
          <button type="submit" class="primary" disabled={state === "busy"}>
            {words.say("start")}
          </button>
        </div>
      </div>
    </form>
  );
}

/** What is asked for: nothing that is known; a question that is there to be sent, or where nothing else is left. */
function asking(
  form: Record<keyof Fields, Wanted>,
  known: Known,
  suggested: string,
): Record<keyof Fields, Wanted> {
  const name = known.name ? "hidden" : form.name;
  const email = known.email ? "hidden" : form.email;
  const nothing = name === "hidden" && email === "hidden";
  const shown = form.question === "hidden" && (nothing || suggested) ? "optional" : form.question;
  return { name, email, question: shown };
}

function faultsOf(
  told: Fields,
  asked: Record<keyof Fields, string>,
  say: (name: "missing" | "emailInvalid") => string,
): Partial<Fields> {
  const wrong: Partial<Fields> = {};
  for (const name of NAMES) if (asked[name] === "required" && !told[name]) wrong[name] = say("missing");
  if (asked.email !== "hidden" && told.email && !EMAIL.test(told.email)) wrong.email = say("emailInvalid");
  return wrong;
}
