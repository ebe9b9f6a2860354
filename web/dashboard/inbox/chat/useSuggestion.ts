import { useCallback, useEffect, useRef, useState } from "react";
import { eventsOf } from "../../../protocol/eventStream";
import type { Source } from "../../../protocol/events";
import { Refused } from "../../../protocol/refused";
import { fetchAsAgent, sentenceOf } from "../../api/call";
import type { SuggestionEvent } from "../shapes";

export interface Suggestion {
  state: "waiting" | "writing" | "ready" | "failed";
  text: string;
  sources: Source[];
  place: number | null;
  error: string | null;
}

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
      setSuggestion((before) => before && { ...before, state: "failed", error: sentenceOf(error) });
    }
  }, [sessionId]);
  useEffect(() => end, [end]);
  return { suggestion, begin: () => void begin(), end };
}

function advance(before: Suggestion, event: SuggestionEvent): Suggestion {
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
      return { ...before, state: "failed", error: "The model gave no reply. Try again in a moment." };
    default:
      event satisfies never;
      return before; // a kind that a later server knows
  }
}

/** A stream that broke off in the middle has not proposed anything. */
function ended(before: Suggestion): Suggestion {
  if (before.state === "ready" || before.state === "failed") return before;
  return { ...before, state: "failed", error: "The connection broke off. Try again." };
}
