import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowsExchange,
  IconBookUpload,
  IconCheck,
  IconDoorExit,
  IconLock,
  IconRefresh,
  IconStarFilled,
  IconUserCheck,
} from "@tabler/icons-react";
import { memo } from "react";
import type { Line, Notice } from "../../../protocol/chatView";
import { AnswerLine } from "./AnswerLine";
import { Attachments } from "./Attachments";
import classes from "./Lines.module.css";
import { LinkedText } from "./LinkedText";
import { Moment } from "./Moment";
import { noticeSentence } from "./sentences";

type Said = Extract<Line, { kind: "agent" | "note" | "visitor" }>;

/** What clients write where there are files and no words. */
const ONLY_FILES = /^\[Sent \d+ file\(s\)\]$/;

/** Whoever may, can keep an agent's answer in the knowledge base. */
export type OnPush = ((line: Line) => void) | null;

/** One entry of a conversation; who speaks is told by words, shape and colour. */
export const LineView = memo(function LineView(props: { line: Line; visitor: string; onPush: OnPush }) {
  const { line } = props;
  switch (line.kind) {
    case "visitor":
      return (
        <div className={`${classes.line} ${classes.visitor}`}>
          <div className={classes.who}>
            <span>{props.visitor}</span>
            <Moment at={line.at} />
          </div>
          <Words line={line} />
        </div>
      );
    case "agent":
      return (
        <div className={`${classes.line} ${classes.agent}`}>
          <div className={classes.who}>
            <span>{line.name || "Agent"}</span>
            <Moment at={line.at} />
            <IconCheck size={13} role="img" aria-label="Delivered" />
            {props.onPush && (
              <Tooltip label="Add to the knowledge base" withArrow>
                <ActionIcon
                  className={classes.push}
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label="Add this answer to the knowledge base"
                  onClick={() => props.onPush?.(line)}
                >
                  <IconBookUpload size={15} />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
          <Words line={line} />
        </div>
      );
    case "note":
      return (
        <div className={`${classes.line} ${classes.note}`}>
          <div className={classes.who}>
            <IconLock size={13} aria-hidden />
            <span>Internal note · {line.name}</span>
            <Moment at={line.at} />
          </div>
          <Words line={line} />
        </div>
      );
    case "answer":
      return <AnswerLine line={line} />;
    case "notice":
      return <NoticeLine notice={line.notice} at={line.at} />;
    default:
      return line satisfies never;
  }
});

function Words({ line }: { line: Said }) {
  return (
    <>
      {!(line.attachments.length > 0 && ONLY_FILES.test(line.text)) && (
        <div className={classes.words} dir="auto">
          <LinkedText text={line.text} />
        </div>
      )}
      <Attachments files={line.attachments} />
    </>
  );
}

const ICONS: Record<Notice["type"], typeof IconCheck> = {
  handed_over: IconArrowsExchange,
  agent_joined: IconUserCheck,
  returned_to_ai: IconArrowBackUp,
  ended: IconDoorExit,
  reopened: IconRefresh,
  rated: IconStarFilled,
  failed: IconArrowsExchange,
};

function NoticeLine({ notice, at }: { notice: Notice; at: string }) {
  const Icon = ICONS[notice.type];
  const comment = notice.type === "rated" ? notice.comment : null;
  return (
    <div className={classes.notice} data-kind={notice.type}>
      <Icon size={14} aria-hidden />
      <span>
        {noticeSentence(notice)} {comment && <q>{comment}</q>}
      </span>
      <Moment at={at} />
    </div>
  );
}
