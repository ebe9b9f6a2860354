import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { Refused } from "../../../protocol/refused";
import { ask, sentenceOf } from "../../api/call";
import { useKnowledgeChanged } from "../reads";
import type { Suggestion } from "../shapes";
import { useDraft } from "../useDraft";
import { When } from "../When";
import classes from "./Learning.module.css";
import { type Pair, PairFields } from "./PairFields";
import { toldLearned } from "./toldLearned";
import { focusNext } from "./useCardKeys";

/** One suggested pair, with what can be decided about it. */
export function SuggestionCard({ suggestion }: { suggestion: Suggestion }) {
  const card = useRef<HTMLElement>(null);
  const { draft, write, drop } = useDraft<Pair>(`suggestion.${suggestion.id}`);
  const [editing, setEditing] = useState(draft !== null);
  const { accept, reject } = useDecision(suggestion, card, drop);
  const pair = draft ?? suggestion;
  const busy = accept.isPending || reject.isPending;
  const failed: unknown = accept.error ?? reject.error;
  const stop = () => {
    drop();
    setEditing(false);
    card.current?.focus();
  };
  return (
    <article ref={card} tabIndex={-1} className={classes.card} aria-label={suggestion.question}>
      {editing && suggestion.state === "pending" ? (
        <PairFields pair={pair} onWrite={write} focus="answer" />
      ) : (
        <Told pair={suggestion} />
      )}
      {failed !== null && (
        <Text size="sm" c="var(--bad)" role="alert" mt="sm">
          {sentenceOf(failed)}
        </Text>
      )}
      <div className={classes.foot}>
        <Origin suggestion={suggestion} />
        {suggestion.state === "pending" && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              data-key="r"
              loading={reject.isPending}
              disabled={busy}
              onClick={() => reject.mutate()}
            >
              Reject
            </Button>
            {editing ? (
              <Button size="xs" variant="default" onClick={stop}>
                Stop editing
              </Button>
            ) : (
              <Button
                size="xs"
                variant="default"
                data-key="e"
                disabled={busy}
                onClick={() => setEditing(true)}
              >
                Edit
              </Button>
            )}
            <Button
              size="xs"
              data-key="a"
              loading={accept.isPending}
              disabled={busy || !pair.question.trim() || !pair.answer.trim()}
              onClick={() => accept.mutate(editing ? pair : {})}
            >
              {editing ? "Accept as written" : "Accept"}
            </Button>
          </Group>
        )}
      </div>
    </article>
  );
}

function useDecision(suggestion: Suggestion, card: React.RefObject<HTMLElement | null>, drop: () => void) {
  const changed = useKnowledgeChanged();
  const path = { suggestion_id: suggestion.id };
  const done = () => {
    drop();
    focusNext(card.current);
    changed();
  };
  const onError = (error: unknown) => {
    // Somebody else was faster: the list shows what they decided.
    if (!(error instanceof Refused) || error.status !== 409) return;
    notifications.show({ color: "orange", message: error.message });
    done();
  };
  const accept = useMutation({
    mutationFn: (pair: Partial<Pair>) =>
      ask.post("/api/v1/knowledge/suggestions/{suggestion_id}/accept", {
        path,
        body: {
          ...(pair.question && { question: pair.question }),
          ...(pair.answer && { answer: pair.answer }),
        },
      }),
    onSuccess: ({ learned }) => {
      toldLearned(learned);
      done();
    },
    onError,
  });
  const reject = useMutation({
    mutationFn: () => ask.post("/api/v1/knowledge/suggestions/{suggestion_id}/reject", { path }),
    onSuccess: done,
    onError,
  });
  return { accept, reject };
}

/** A question and its answer to be read. */
export function Told({ pair }: { pair: Pair }) {
  return (
    <dl className={classes.pair}>
      <dt>Question</dt>
      <dd dir="auto" className={classes.question}>
        {pair.question}
      </dd>
      <dt>Answer</dt>
      <dd dir="auto">{pair.answer}</dd>
    </dl>
  );
}

function Origin({
  suggestion: { sessionId, createdAt, decidedAt, state, documentId },
}: {
  suggestion: Suggestion;
}) {
  return (
    <Text size="xs" c="var(--faint)" component="div" className={classes.origin ?? ""}>
      <span>
        Answered <When at={createdAt} />
      </span>
      {sessionId && <Link href={`/inbox/${sessionId}`}>Open the chat</Link>}
      {decidedAt && (
        <span>
          {state} <When at={decidedAt} />
        </span>
      )}
      {documentId && <Link href={`/knowledge/documents/${documentId}`}>Open the document</Link>}
    </Text>
  );
}
