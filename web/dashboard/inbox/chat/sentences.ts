// What the log's machine words mean, in sentences for people at the desk.

import type { Notice } from "../../../protocol/chatView";
import type { Reason, Why } from "../../../protocol/events";

export const WHY_HANDED_OVER: Record<Reason, string> = {
  visitor_asked: "The visitor asked for a person.",
  not_sure: "The assistant was not sure enough of its answer.",
  no_answer: "Nothing in the knowledge base answers the question.",
  model_unavailable: "The language model did not answer.",
  queue_full: "Too many visitors were waiting for the assistant.",
  agent_left: "The agent who had the chat has left the desk.",
  interrupted: "The desk was stopped while an answer was being written.",
  stopped: "The visitor stopped the answer.",
};

export function noticeSentence(notice: Notice): string {
  switch (notice.type) {
    case "handed_over":
      return `Handed over to people. ${WHY_HANDED_OVER[notice.reason] ?? ""}`.trim();
    case "agent_joined":
      return `${notice.name} took the chat over.`;
    case "returned_to_ai":
      return "Returned to the assistant.";
    case "ended":
      return "The chat was ended.";
    case "reopened":
      return "The chat was opened again.";
    case "rated":
      return `The visitor rated the chat ${notice.rating} of 5.`;
    case "failed":
      return `No answer. ${WHY_HANDED_OVER[notice.code] ?? ""}`.trim();
    default:
      return notice satisfies never;
  }
}

/** Confidence as people say it. */
export function confidenceWords(confidence: number): string {
  if (confidence >= 0.85) return "very sure";
  if (confidence >= 0.7) return "sure";
  if (confidence >= 0.5) return "not quite sure";
  return "not sure";
}

/** What a confidence rests on. */
export function whySentence({ retrieval, grounding, dropped }: Why): string {
  const left = dropped === 1 ? "one sentence was" : `${dropped} sentences were`;
  return (
    `The passages fit the question by ${percent(retrieval)}, and ${percent(grounding)} of what the model wrote ` +
    `is said in them${dropped > 0 ? `; ${left} left out because no passage says so` : ""}.`
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const UNITS = ["B", "kB", "MB"] as const;

export function fileSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
