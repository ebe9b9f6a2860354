import type { ComponentChild } from "preact";
import { BookCall, BookedCall } from "./BookCall";
import { EarlierChats } from "./EarlierChats";
import type { LateProps } from "./Late";

export function showLate(props: LateProps): ComponentChild {
  switch (props.name) {
    case "call-card":
      return <BookedCall chat={props.chat} />;
    case "call":
      return <BookCall chat={props.chat} onBack={props.onBack} />;
    case "earlier":
      return <EarlierChats chat={props.chat} onBack={props.onBack} onResume={props.onResume} />;
    default:
      return props satisfies never;
  }
}
