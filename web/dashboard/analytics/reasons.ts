import { named } from "../charts/words";

const WORDS: Record<string, string> = {
  visitor_asked: "The visitor asked for a person",
  not_sure: "The assistant was not sure enough",
  no_answer: "The documents held no answer",
  model_unavailable: "The model did not answer",
  queue_full: "Too many were asking at once",
  agent_left: "The agent left the chat",
  interrupted: "The answer was interrupted",
  stopped: "The visitor stopped the answer",
};

/** Why a chat was handed over, in words; a reason that is new to this page keeps its name. */
export function reasonInWords(reason: string): string {
  return WORDS[reason] ?? named(reason);
}
