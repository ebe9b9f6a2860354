import { useEffect, useRef, useState } from "preact/hooks";
import { askForTranscript, rateChat } from "./api";
import { useAround } from "./around";
import { CommentLine } from "./CommentLine";
import { happened } from "./host";
import { Icon } from "./icons";
import { Address } from "./Status";
import type { Session } from "./session";

interface Props {
  chat: Session;
  rating: number | null;
  onEmail: (email: string) => void;
}

/** After the end: how it was, and the chat by mail. */
export function EndCard({ chat, rating, onEmail }: Props) {
  const { words, config } = useAround();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // The field that had the focus is gone.
    if (document.activeElement === document.body) card.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section class="end-card" ref={card} tabIndex={-1} aria-label={words.say("ended")}>
      {config.features.rating && <Rating chat={chat} rating={rating} />}
      {config.features.transcript && <Transcript chat={chat} onEmail={onEmail} />}
    </section>
  );
}

function Rating({ chat, rating }: Pick<Props, "chat" | "rating">) {
  const { words } = useAround();
  const [stars, setStars] = useState(rating ?? 0);
  const [state, setState] = useState<"idle" | "rated" | "told" | "failed">(rating ? "rated" : "idle");
  const tell = async (now: number, said?: string) => {
    setStars(now);
    try {
      await rateChat(chat, now, said);
      setState(said ? "told" : "rated");
      happened({ name: "rated", detail: { rating: now } });
    } catch {
      setState("failed");
    }
  };
  return (
    <>
      <fieldset class="stars">
        <legend>{words.say("rate")}</legend>
        <div>
          {[1, 2, 3, 4, 5].map((n) => (
            <label key={n} class={n <= stars ? "lit" : ""} title={words.say("stars", { n: words.number(n) })}>
              <input
                type="radio"
                name="stars"
                checked={stars === n}
                aria-label={words.say("stars", { n: words.number(n) })}
                onChange={() => void tell(n)}
              />
              <Icon name="star" />
            </label>
          ))}
        </div>
      </fieldset>
      <p class="faint" role="status">
        {state === "failed" ? words.say("failed") : state !== "idle" && words.say("rated")}
      </p>
      {state === "rated" && (
        <CommentLine asks={words.say("comment")} onSaid={(said) => void tell(stars, said)} />
      )}
    </>
  );
}

function Transcript({ chat, onEmail }: Pick<Props, "chat" | "onEmail">) {
  const { words } = useAround();
  const [state, setState] = useState<"idle" | "busy" | "sent" | "confirm" | "failed">("idle");
  if (!chat.email) return <Address chat={chat} onEmail={onEmail} />;
  const ask = async () => {
    setState("busy");
    try {
      const { outcome } = await askForTranscript(chat);
      setState(outcome === "none" ? "failed" : outcome);
    } catch {
      setState("failed");
    }
  };
  return (
    <>
      {state !== "sent" && state !== "confirm" && (
        <button type="button" class="secondary" disabled={state === "busy"} onClick={ask}>
          <Icon name="mail" />
          {words.say("transcript")}
        </button>
      )}
      <p class="faint" role="status">
        {state === "sent" && words.say("transcriptSent", { email: chat.email })}
        {state === "confirm" && words.say("transcriptConfirm", { email: chat.email })}
        {state === "failed" && words.say("failed")}
      </p>
    </>
  );
}
