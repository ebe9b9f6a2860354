import { useEffect, useRef, useState } from "preact/hooks";
import { startChat } from "./api";
import type { Session } from "./session";
import type { Texts } from "./texts";

export function PreChat(props: { texts: Texts; page: string; onStarted: (session: Session) => void }) {
  const { texts } = props;
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setFault(texts.nameMissing);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) return setFault(texts.emailInvalid);
    setBusy(true);
    setFault(null);
    try {
      props.onStarted(await startChat(name.trim(), email.trim(), props.page));
    } catch {
      setFault(texts.startFailed);
      setBusy(false);
    }
  };

  return (
    <form class="prechat" onSubmit={submit} noValidate>
      <p class="intro">{texts.intro}</p>
      <label>
        {texts.name}
        <input
          ref={first}
          name="name"
          autocomplete="name"
          maxLength={200}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {texts.email}
        <input
          name="email"
          type="email"
          autocomplete="email"
          maxLength={200}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <p class="fault" role="alert">
        {fault}
      </p>
      <button type="submit" class="primary" disabled={busy}>
        {busy ? texts.starting : texts.start}
      </button>
    </form>
  );
}
