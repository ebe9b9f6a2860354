import { CloseButton } from "@mantine/core";
import { IconAlertTriangle, IconEye, IconPlugConnectedX, IconUserExclamation } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Link } from "../../../protocol/connection";
import type { ChatRow } from "../../../protocol/deskSocket";
import { useLooking } from "../../api/desk";
import { useSignedIn } from "../../api/session";
import { standingOf } from "../standing";
import classes from "./Column.module.css";

/** What an agent should know before writing: no line, a colleague who has the chat, one who looks at it too. */
export function Banners(props: {
  row: ChatRow;
  link: Link;
  problem: string | null;
  onClearProblem: () => void;
}) {
  const { row } = props;
  const me = useSignedIn();
  const others = (useLooking()[row.sessionId] ?? []).filter((one) => one.id !== me.id);
  const theirs = standingOf(row, me.id) === "colleague";
  return (
    <>
      {props.problem && (
        <Banner kind="problem" icon={<IconAlertTriangle size={16} aria-hidden />} alert>
          {props.problem}
          <CloseButton size="sm" ms="auto" aria-label="Put this away" onClick={props.onClearProblem} />
        </Banner>
      )}
      {props.link === "offline" && (
        <Banner kind="offline" icon={<IconPlugConnectedX size={16} aria-hidden />}>
          No connection to this chat. What you write is kept and sent later.
        </Banner>
      )}
      {theirs && (
        <Banner kind="collision" icon={<IconUserExclamation size={16} aria-hidden />}>
          {row.assignedAgent?.name} has this chat.
        </Banner>
      )}
      {others.length > 0 && (
        <Banner kind="looking" icon={<IconEye size={16} aria-hidden />}>
          {namesOf(others.map((one) => one.name))} {others.length === 1 ? "looks" : "look"} at this chat too.
        </Banner>
      )}
    </>
  );
}

function Banner(props: { kind: string; icon: ReactNode; alert?: boolean; children: ReactNode }) {
  return (
    <div className={classes.banner} data-kind={props.kind} role={props.alert ? "alert" : "status"}>
      {props.icon}
      <span className={classes.bannerWords}>{props.children}</span>
    </div>
  );
}

function namesOf(names: string[]): string {
  return new Intl.ListFormat("en").format(names);
}
