// Parts that few visitors need are fetched when they are asked for.

import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAround } from "./around";
import { Page } from "./Page";
import type { Session } from "./session";

type Props =
  | { name: "call-card"; chat: Session }
  | { name: "call"; chat: Session; onBack: () => void }
  | { name: "earlier"; chat: Session | null; onBack: () => void; onResume: (chat: Session) => void };

export function Late(props: Props) {
  const { words } = useAround();
  const [show, setShow] = useState<((props: Props) => ComponentChild) | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import("./latePages").then(({ showLate }) => setShow(() => showLate)).catch(() => setFailed(true));
  }, []);
  if (show) return <>{show(props)}</>;
  if (props.name === "call-card") return null;
  return (
    <Page label={words.say(props.name === "call" ? "book" : "earlier")} onBack={props.onBack}>
      {failed ? <p class="note">{words.say("failed")}</p> : <div class="loading" />}
    </Page>
  );
}

export type LateProps = Props;
