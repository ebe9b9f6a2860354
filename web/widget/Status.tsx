import { useEffect, useState } from "preact/hooks";
import { leaveAddress, readWaiting, type Waiting } from "./api";
import { useAround } from "./around";
import { EMAIL } from "./Field";
import { Icon } from "./icons";
import type { Session } from "./session";

const LOOK_EVERY = 15_000;

interface Props {
  chat: Session;
  shown: boolean;
  onEmail: (email: string) => void;
}

/** What a visitor who waits for a person is told, and never more than is known. */
export function Status({ chat, shown, onEmail }: Props) {
  const { words, config } = useAround();
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  useEffect(() => {
    if (!shown) return;
    let over = false;
    const look = () =>
      readWaiting(chat)
        .then((now) => !over && setWaiting(now))
        .catch(() => undefined);
    void look();
    const timer = setInterval(look, LOOK_EVERY);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [chat.sessionId, shown]);

  if (!waiting?.waiting) return null;
  const { place, staffed, typicalMinutes } = waiting;
  const minutes = { style: "unit", unit: "minute", unitDisplay: "long", maximumFractionDigits: 0 } as const;
  const time = words.number(Math.max(1, Math.round(typicalMinutes ?? 0)), minutes);
  const where = place === 1 ? words.say("next") : words.say("place", { n: words.number(place ?? 0) });
  return (
    <div class="status" role="status">
      {staffed ? (
        <p>
          {place ? <strong>{where}</strong> : null} {words.say(typicalMinutes ? "usual" : "soon", { time })}
        </p>
      ) : (
        <p>{config.desk.away || words.say("away")}</p>
      )}
      {(!staffed || !typicalMinutes || typicalMinutes > 5) && <Address chat={chat} onEmail={onEmail} />}
    </div>
  );
}

/** Where a reply goes when the visitor has left. */
export function Address({ chat, onEmail }: Pick<Props, "chat" | "onEmail">) {
  const { words } = useAround();
  const [changing, setChanging] = useState(chat.email === "");
  const [email, setEmail] = useState(chat.email);
  const [fault, setFault] = useState("");
  if (!changing)
    return (
      <p class="faint">
        {words.say("replyTo", { email: chat.email })}{" "}
        <button type="button" class="link" onClick={() => setChanging(true)}>
          {words.say("change")}
        </button>
      </p>
    );
  const save = async (event: Event) => {
    event.preventDefault();
    const address = email.trim();
    if (!EMAIL.test(address)) return setFault(words.say("emailInvalid"));
    try {
      await leaveAddress(chat, address);
      setFault("");
      setChanging(false);
      onEmail(address);
    } catch {
      setFault(words.say("failed"));
    }
  };
  return (
    <form class="address" onSubmit={save} noValidate>
      <label for="leave-email">{words.say("leave")}</label>
      <div class="row-form">
        <input
          id="leave-email"
          type="email"
          dir="ltr"
          autocomplete="email"
          placeholder={words.say("email")}
          maxLength={200}
          value={email}
          aria-invalid={fault !== ""}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <button type="submit" class="secondary" aria-label={words.say("save")}>
          <Icon name="done" />
        </button>
      </div>
      <p class="fault" role="alert">
        {fault}
      </p>
    </form>
  );
}
