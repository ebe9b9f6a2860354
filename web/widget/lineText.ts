import type { Line, Notice } from "../protocol/chatView";
import type { Words } from "./texts";

const FILES_ONLY = /^\[Sent \d+ file\(s\)\]$/;

/** What a message says beside its files. */
export function wordsOfMessage(line: { text: string; attachments: unknown[] }): string {
  return line.attachments.length > 0 && FILES_ONLY.test(line.text) ? "" : line.text;
}

/** A line in words, as a screen reader hears it. */
export function lineText(line: Line, { say }: Words): string {
  switch (line.kind) {
    case "visitor":
      return line.text;
    case "agent":
    case "note":
      return `${line.name}: ${wordsOfMessage(line)} ${line.attachments.map((one) => one.filename).join(", ")}`;
    case "answer":
      return `${say("assistant")}: ${line.sentences.map((one) => one.text).join(" ")}`;
    case "notice":
      return noticeText(line.notice, { say });
    default:
      return line satisfies never;
  }
}

export function noticeText(notice: Notice, { say }: Pick<Words, "say">): string {
  switch (notice.type) {
    case "handed_over":
      return say(notice.reason === "visitor_asked" ? "asked" : "handedOver");
    case "agent_joined":
      return say("joined", { name: notice.name });
    case "returned_to_ai":
      return say("returned");
    case "ended":
      return say("ended");
    case "reopened":
      return say("reopened");
    case "rated":
      return say("rated");
    case "failed":
      return say(notice.code === "stopped" ? "stopped" : "cut");
    default:
      return notice satisfies never;
  }
}
