import type { Line, Notice } from "../protocol/chatView";
import type { Texts } from "./texts";

/** A line in words, as a screen reader hears it. */
export function lineText(line: Line, texts: Texts): string {
  switch (line.kind) {
    case "visitor":
    case "agent":
    case "note":
      return line.kind === "visitor" ? line.text : `${line.name}: ${line.text}`;
    case "answer":
      return `${texts.assistant}: ${line.sentences.map((one) => one.text).join(" ")}`;
    case "notice":
      return noticeText(line.notice, texts);
    default:
      return line satisfies never;
  }
}

export function noticeText(notice: Notice, texts: Texts): string {
  switch (notice.type) {
    case "handed_over":
      return notice.reason === "visitor_asked" ? texts.personAsked : texts.handedOver;
    case "agent_joined":
      return texts.joined(notice.name);
    case "returned_to_ai":
      return texts.returned;
    case "ended":
      return texts.ended;
    case "reopened":
      return texts.reopened;
    case "rated":
      return texts.rated;
    case "failed":
      return notice.code === "stopped" ? texts.stopped : texts.failed;
    default:
      return notice satisfies never;
  }
}
