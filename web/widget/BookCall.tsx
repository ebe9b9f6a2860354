import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../protocol/refused";
import { bookSlot, readSlots, type Slot } from "./api";
import { useAround } from "./around";
import { EMAIL, Field } from "./Field";
import { Icon } from "./icons";
import { Page } from "./Page";
import { bookings, type Session } from "./session";
import type { Words } from "./texts";

const DAY = 86_400_000;
const BLANK = { name: "", email: "", about: "" };

interface Props {
  chat: Session;
  onBack: () => void;
}

/** Pick a free time and book a call; times are shown where the visitor is. */
export function BookCall({ chat, onBack }: Props) {
  const { words } = useAround();
  const [booked, setBooked] = useState(() => bookings.load(chat));
  const [slot, setSlot] = useState<Slot | null>(null);
  const [taken, setTaken] = useState(false);
  return (
    <Page label={words.say("book")} onBack={slot && !booked ? () => setSlot(null) : onBack}>
      <h2>{words.say(booked ? "booked" : "book")}</h2>
      {booked ? (
        <BookedCall chat={chat} />
      ) : slot ? (
        <BookForm
          chat={chat}
          slot={slot}
          onBooked={() => setBooked(bookings.load(chat))}
          onTaken={() => {
            setSlot(null);
            setTaken(true);
          }}
        />
      ) : (
        <Slots taken={taken} onPick={setSlot} />
      )}
    </Page>
  );
}

/** The call that was booked, in the chat and on its own page. */
export function BookedCall({ chat }: { chat: Session }) {
  const { words } = useAround();
  const call = bookings.load(chat);
  if (!call) return null;
  return (
    <div class="call">
      <Icon name="call" />
      <div>
        <strong>{whenOf(call.start, words)}</strong>
        <p class="links">
          {call.link && /^https:/.test(call.link) && (
            <a href={call.link} target="_blank" rel="noopener noreferrer">
              {words.say("join")}
            </a>
          )}
          {call.file && (
            <a href={call.file} download>
              {words.say("calendar")}
            </a>
          )}
        </p>
      </div>
    </div>
  );
}

function whenOf(moment: string, words: Words): string {
  return words.time(moment, { dateStyle: "full", timeStyle: "short" });
}

function Slots({ taken, onPick }: { taken: boolean; onPick: (slot: Slot) => void }) {
  const { words } = useAround();
  const [from, setFrom] = useState<string | undefined>(undefined);
  const [days, setDays] = useState<{ date: string; slots: Slot[] }[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let over = false;
    setDays(null);
    setFailed(false);
    readSlots(from)
      .then((found) => !over && setDays(found.days))
      .catch(() => !over && setFailed(true));
    return () => {
      over = true;
    };
  }, [from, tries]);
  const later = () => {
    const last = days?.at(-1)?.date ?? from ?? new Date().toISOString().slice(0, 10);
    // Without a free day among three working days, a week is left out at most.
    const skipped = days?.length ? 1 : 5;
    setFrom(new Date(Date.parse(`${last}T12:00:00Z`) + skipped * DAY).toISOString().slice(0, 10));
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const byDay = new Map<string, Slot[]>();
  for (const slot of days?.flatMap((day) => day.slots) ?? [])
    byDay.set(dayOf(slot), [...(byDay.get(dayOf(slot)) ?? []), slot]);
  return (
    <>
      <p class="faint">{words.say("zone", { zone: zone.replaceAll("_", " ") })}</p>
      <div role="status">
        {taken && <p class="note">{words.say("taken")}</p>}
        {days?.length === 0 && <p class="note">{words.say("noSlots")}</p>}
        {failed && <p class="note">{words.say("failed")}</p>}
        {!days && !failed && <div class="loading" />}
      </div>
      {[...byDay].map(([day, slots]) => (
        <section key={day} class="choices">
          <h3>{words.time(slots[0]?.start ?? day, { weekday: "long", day: "numeric", month: "long" })}</h3>
          <div class="slots">
            {slots.map((slot) => (
              <button key={slot.start} type="button" onClick={() => onPick(slot)}>
                {words.time(slot.start, { timeStyle: "short" })}
              </button>
            ))}
          </div>
        </section>
      ))}
      {failed ? (
        <button type="button" class="secondary" onClick={() => setTries(tries + 1)}>
          {words.say("retry")}
        </button>
      ) : (
        days && (
          <button type="button" class="secondary" onClick={later}>
            {words.say("later")}
            <Icon name="next" />
          </button>
        )
      )}
    </>
  );
}

/** The day of a slot where the visitor is. */
function dayOf(slot: Slot): string {
  return new Date(slot.start).toDateString();
}

interface FormProps {
  chat: Session;
  slot: Slot;
  onBooked: () => void;
  onTaken: () => void;
}

function BookForm({ chat, slot, onBooked, onTaken }: FormProps) {
  const { words } = useAround();
  const [values, setValues] = useState({ ...BLANK, name: chat.name, email: chat.email });
  const [faults, setFaults] = useState<Partial<typeof BLANK>>({});
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const first = useRef<HTMLFormElement>(null);
  useEffect(() => first.current?.querySelector<HTMLElement>("input, textarea")?.focus(), []);
  const inputs = { name: useRef(null), email: useRef(null), about: useRef(null) };
  const submit = async (event: Event) => {
    event.preventDefault();
    const wrong: Partial<typeof BLANK> = {};
    if (!values.name.trim()) wrong.name = words.say("missing");
    if (!EMAIL.test(values.email.trim())) wrong.email = words.say("emailInvalid");
    setFaults(wrong);
    if (wrong.name || wrong.email) return;
    setState("busy");
    try {
      const made = await bookSlot(chat, slot, values.name.trim(), values.email.trim(), values.about.trim());
      bookings.save(chat, { start: made.start, link: made.meetingLink, file: made.icsUrl });
      onBooked();
    } catch (error) {
      if (error instanceof Refused && error.status === 409) return onTaken();
      setState("failed");
    }
  };
  return (
    <form ref={first} onSubmit={submit} noValidate class="book-form">
      <p class="note">
        <strong>{whenOf(slot.start, words)}</strong>
      </p>
      {(["name", "email", "about"] as const).map((name) => (
        <Field
          key={name}
          name={name}
          wanted={name === "about" ? "optional" : "required"}
          value={values[name]}
          fault={faults[name]}
          input={inputs[name] as never}
          onInput={(value) => setValues((now) => ({ ...now, [name]: value }))}
        />
      ))}
      <p class="fault" role="alert">
        {state === "failed" && words.say("failed")}
      </p>
      <button type="submit" class="primary" disabled={state === "busy"}>
        {words.say("confirm")}
      </button>
    </form>
  );
}
