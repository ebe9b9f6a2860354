import { useEffect, useRef, useState } from "preact/hooks";
import { startChat } from "./api";
import type { Session } from "./session";
import type { Texts } from "./texts";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

interface Props {
  texts: Texts;
  page: string;
  /** How often the visitor opened the chat; the form gets the focus each time. */
  opened: number;
  onStarted: (session: Session) => void;
}

export function PreChat({ texts, page, opened, onStarted }: Props) {
  const [faults, setFaults] = useState<{ name?: string; email?: string; form?: string }>({});
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const email = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (opened > 0) name.current?.focus();
  }, [opened]);

  const submit = async (event: Event) => {
    event.preventDefault();
    const [who, address] = [name, email].map((field) => field.current?.value.trim() ?? "");
    if (!who || !address || !EMAIL.test(address)) {
      setFaults({
        ...(!who && { name: texts.nameMissing }),
        ...((!address || !EMAIL.test(address)) && { email: texts.emailInvalid }),
      });
      (who ? email : name).current?.focus();
      return;
    }
    setBusy(true);
    setFaults({});
    try {
      onStarted(await startChat(who, address, page));
    } catch {
      setFaults({ form: texts.startFailed });
      setBusy(false);
    }
  };

  return (
    <form class="prechat" onSubmit={submit} noValidate>
      <p class="intro">{texts.intro}</p>
      <label>
        {texts.name}
        <input
          ref={name}
          name="name"
          autocomplete="name"
          maxLength={200}
          aria-invalid={faults.name !== undefined}
          aria-describedby="name-fault"
        />
      </label>
      <p class="fault" id="name-fault">
        {faults.name}
      </p>
      <label>
        {texts.email}
        <input
          ref={email}
          name="email"
          type="email"
          autocomplete="email"
          maxLength={200}
          aria-invalid={faults.email !== undefined}
          aria-describedby="email-fault"
        />
      </label>
      <p class="fault" id="email-fault">
        {faults.email}
      </p>
      <p class="fault" role="alert">
        {faults.form}
      </p>
      <button type="submit" class="primary" disabled={busy}>
        {busy ? texts.starting : texts.start}
      </button>
    </form>
  );
}
