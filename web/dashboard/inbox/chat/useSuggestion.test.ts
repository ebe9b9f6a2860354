import { expect, test } from "vitest";
import type { Reason } from "../../../protocol/events";
import { advance, type Suggestion } from "./useSuggestion";

const WRITTEN: Suggestion = {
  state: "writing",
  text: "Call 555 at any time.",
  sources: [],
  place: null,
  error: null,
};

test.each([
  ["no_answer", "cannot be used"],
  ["queue_full", "wait for the model"],
  ["model_unavailable", "does not answer"],
  ["of_a_later_server", "no reply"],
])("a reply that failed by %s leaves no words that look as if they could be sent", (code, why) => {
  const { state, text, error } = advance(WRITTEN, { type: "failed", code: code as Reason });
  expect([state, text]).toEqual(["failed", ""]);
  expect(error).toContain(why);
});
