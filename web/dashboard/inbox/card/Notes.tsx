import { Textarea } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ChatRow } from "../../../protocol/deskSocket";
import { ask, sentenceOf } from "../../api/call";
import { forget, keep, kept } from "../kept";

const PAUSE = 800;

type State = "saved" | "changed" | "saving" | { error: string };

/** Notes about the chat as a whole; they save themselves, and wait where the desk is not there. */
export function Notes({ row }: { row: ChatRow }) {
  const key = `aichatdesk.notes.${row.sessionId}`;
  const unsaved = kept<string | null>(key, null);
  const [text, setText] = useState(unsaved ?? row.agentNotes ?? "");
  const [state, setState] = useState<State>(unsaved === null ? "saved" : "changed");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = useCallback(
    async (notes: string) => {
      clearTimeout(timer.current);
      setState("saving");
      try {
        await ask.put("/api/chat/{session_id}/notes", {
          path: { session_id: row.sessionId },
          body: { notes },
        });
        if (kept<string | null>(key, null) === notes) forget(key);
        setState((now) => (now === "saving" ? "saved" : now));
      } catch (error) {
        setState({ error: sentenceOf(error) });
      }
    },
    [key, row.sessionId],
  );
  useEffect(() => {
    // A colleague may have written meanwhile; what is not saved yet here is not thrown away for it.
    if (state === "saved") setText(row.agentNotes ?? "");
  }, [row.agentNotes, state]);
  useEffect(() => {
    const left = kept<string | null>(key, null);
    if (left !== null) void save(left);
    return () => clearTimeout(timer.current);
  }, [key, save]);
  return (
    <Textarea
      size="xs"
      label="Notes"
      description={
        <span role="status">
          {state === "saved" && text ? "Saved" : state === "saving" || state === "changed" ? "Saving …" : ""}
        </span>
      }
      descriptionProps={{ c: "var(--faint)" }}
      error={typeof state === "object" && `${state.error}`}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder="What colleagues should know of this visitor"
      autosize
      minRows={2}
      maxRows={8}
      maxLength={20_000}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        setState("changed");
        keep(key, next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => void save(next), PAUSE);
      }}
      onBlur={() => {
        if (state === "changed" || typeof state === "object") void save(text);
      }}
    />
  );
}
