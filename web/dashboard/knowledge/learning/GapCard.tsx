import { Badge, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { Refused } from "../../../protocol/refused";
import { ask, sentenceOf } from "../../api/call";
import { useKnowledgeChanged } from "../reads";
import type { Gap } from "../shapes";
import { useDraft } from "../useDraft";
import { When } from "../When";
import { count } from "../wording";
import classes from "./Learning.module.css";
import { type Pair, PairFields } from "./PairFields";
import { toldLearned } from "./toldLearned";
import { focusNext } from "./useCardKeys";

const REASONS = new Map([
  ["no_answer", "No document told it"],
  ["not_sure", "The assistant was not sure"],
  ["not_helpful", "A visitor was not helped"],
]);

/** One gap: how often it was asked, where, and room to answer it right here. */
export function GapCard({ gap }: { gap: Gap }) {
  const card = useRef<HTMLElement>(null);
  const { draft, write, drop } = useDraft<Pair>(`gap.${gap.id}`);
  const [writing, setWriting] = useState(draft !== null);
  const pair = draft ?? { question: gap.question, answer: "" };
  const { answer, dismiss } = useClosing(gap, card, drop);
  const failed: unknown = answer.error ?? dismiss.error;
  const busy = answer.isPending || dismiss.isPending;
  const stop = () => {
    setWriting(false);
    card.current?.focus();
  };
  return (
    <article ref={card} tabIndex={-1} className={classes.card} aria-label={gap.question}>
      <About gap={gap} />
      {writing && (
        <div className={classes.writing}>
          <PairFields pair={pair} onWrite={write} focus="answer" />
        </div>
      )}
      {failed !== null && (
        <Text size="sm" c="var(--bad)" role="alert" mt="sm">
          {sentenceOf(failed)}
        </Text>
      )}
      <div className={classes.foot}>
        <Link href={`/knowledge/try?q=${encodeURIComponent(gap.question)}`} className={classes.try}>
          See what it finds
        </Link>
        <Group gap="xs">
          {writing ? (
            <Button size="xs" variant="default" onClick={stop}>
              Not now
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              data-key="r"
              loading={dismiss.isPending}
              disabled={busy}
              onClick={() => dismiss.mutate()}
            >
              Dismiss
            </Button>
          )}
          {writing ? (
            <Button
              size="xs"
              loading={answer.isPending}
              disabled={busy || !pair.question.trim() || !pair.answer.trim()}
              onClick={() => answer.mutate(pair)}
            >
              Teach this answer
            </Button>
          ) : (
            <Button size="xs" data-key="e" disabled={busy} onClick={() => setWriting(true)}>
              Write an answer
            </Button>
          )}
        </Group>
      </div>
    </article>
  );
}

function useClosing(gap: Gap, card: React.RefObject<HTMLElement | null>, drop: () => void) {
  const changed = useKnowledgeChanged();
  const done = () => {
    drop();
    focusNext(card.current);
    changed();
  };
  const onError = (error: unknown) => {
    // Somebody else has closed it; what was written is kept until they say so themselves.
    if (error instanceof Refused && error.status === 409) changed();
  };
  const answer = useMutation({
    mutationFn: (pair: Pair) =>
      ask.post("/api/v1/knowledge/gaps/{gap_id}/answer", {
        path: { gap_id: gap.id },
        body: pair,
      }),
    onSuccess: ({ learned }) => {
      toldLearned(learned);
      done();
    },
    onError,
  });
  const dismiss = useMutation({
    mutationFn: () => ask.post("/api/v1/knowledge/gaps/{gap_id}/dismiss", { path: { gap_id: gap.id } }),
    onSuccess: () => {
      notifications.show({ message: "Dismissed. It comes back when three more chats ask the same." });
      done();
    },
    onError,
  });
  return { answer, dismiss };
}

function About({ gap }: { gap: Gap }) {
  return (
    <>
      <div className={classes.top}>
        <h2 className={classes.asked} dir="auto">
          {gap.question}
        </h2>
        <Text size="sm" c="var(--faint)" className={classes.often ?? ""}>
          asked {gap.count === 1 ? "once" : `${gap.count} times`}, last <When at={gap.lastAskedAt} />
        </Text>
      </div>
      <Group gap={6} mt={8}>
        {gap.reasons.map((reason) => (
          <Badge key={reason} variant="light" tt="none" className={classes.reason ?? ""}>
            {REASONS.get(reason) ?? reason}
          </Badge>
        ))}
      </Group>
      <details className={classes.examples}>
        <summary>{count(gap.examples.length, "example")}</summary>
        <ul>
          {gap.examples.map((example) => (
            <li key={`${example.sessionId} ${example.at}`}>
              <q dir="auto">{example.text}</q>{" "}
              <span className={classes.where}>
                <When at={example.at} /> · <Link href={`/inbox/${example.sessionId}`}>Open the chat</Link>
              </span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
