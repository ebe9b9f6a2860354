import { useCallback, useEffect, useRef, useState } from "react";
import { eventsOf } from "../../../protocol/eventStream";
import type { Source } from "../../../protocol/events";
import { Refused } from "../../../protocol/refused";
import { fetchAsAgent } from "../../api/call";
import type { SuggestionEvent } from "../shapes";

export interface Suggestion {
  state: "waiting" | "writing" | "ready" | "failed";
  text: string;
  sources: Source[];
  place: number | null;
  error: string | null;
}

const NONE = "The model gave no reply. Try again in a moment.";
const WHY_NONE: Record<string, string> = {
  queue_full: "Too many others wait for the model. Try again in a moment.",
  no_answer:
    "What the model wrote cannot be used: neither the documents nor this chat bear it out, or it is in another language.",
  model_unavailable: "The language model does not answer. Try again in a moment.",
};
const BROKE_OFF = "The connection broke off. Try again.";
const BEGIN: Suggestion = { state: "waiting", text: "", sources: [], place: null, error: null };

export interface Suggesting {
  suggestion: Suggestion | null;
  begin: () => void;
  /** Put it away; one that is being written is stopped. */
  end: () => void;
}

/** A reply that the model proposes, as it is written. */
export function useSuggestion(sessionId: string): Suggesting {
  const [suggestion, setSuggestion] = useState<Suggestion | null>(null);
  const running = useRef<AbortController | null>(null);
  const end = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setSuggestion(null);
  }, []);
  const begin = useCallback(async () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setSuggestion(BEGIN);
    try {
      const reply = await fetchAsAgent(`/api/v1/chats/${encodeURIComponent(sessionId)}/suggested-reply`, {
        method: "POST",
        headers: { Accept: "text/event-stream", "Content-Type": "application/json" },
        body: "{}",
        signal: abort.signal,
      });
      if (!reply.ok) throw await Refused.from(reply);
      for await (const event of eventsOf<SuggestionEvent>(reply))
        setSuggestion((before) => before && advance(before, event));
      setSuggestion((before) => before && ended(before));
    } catch (error) {
      if (abort.signal.aborted) return;
      const why = error instanceof Refused ? error.message : BROKE_OFF;
      setSuggestion((before) => before && { ...before, state: "failed", error: why });
    }
  }, [sessionId]);
  useEffect(() => end, [end]);
  return { suggestion, begin: () => void begin(), end };
}

/** A suggestion after one more event of its stream. */
export function advance(before: Suggestion, event: SuggestionEvent): Suggestion {
  switch (event.type) {
    case "queued":
      return { ...before, place: event.place };
    case "sources":
      return { ...before, sources: event.sources, place: null };
    case "draft":
      return { ...before, state: "writing", place: null, text: before.text + event.text };
    case "finished":
      return { ...before, state: "ready", text: event.text };
    case "failed":
      // What was written so far is withdrawn: it is nothing that may be sent.
      return { ...before, state: "failed", text: "", error: WHY_NONE[event.code] ?? NONE };
    default:
      event satisfies never;
      return before; // a kind that a later server knows
  }
}

/** A stream that broke off in the middle has not proposed anything. */
function ended(before: Suggestion): Suggestion {
  if (before.state === "ready" || before.state === "failed") return before;
  return { ...before, state: "failed", error: BROKE_OFF };
}
