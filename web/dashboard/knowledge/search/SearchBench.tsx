import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconSearch, IconZoomQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "wouter";
import { ask } from "../../api/call";
import { Empty, Failed, Waiting } from "../../parts/States";
import type { Found } from "../shapes";
import { FoundPassages } from "./FoundPassages";
import { useLastQuestions } from "./lastQuestions";
import classes from "./Search.module.css";
import { Verdict } from "./Verdict";

const LONGEST = 4000;

/** What a question would find, why, and whether the assistant would answer it. */
export function SearchBench() {
  const [query, setQuery] = useSearchParams();
  const asked = query.get("q") ?? "";
  const last = useLastQuestions();
  const before = last.questions.filter((question) => question !== asked);
  const found = useQuery({
    queryKey: ["knowledge", "search", asked],
    queryFn: ({ signal }) => search(asked, signal),
    enabled: asked !== "",
    staleTime: 0,
  });
  const tryOut = (question: string) => {
    last.add(question);
    if (question === asked) void found.refetch();
    else setQuery({ q: question });
  };
  return (
    <>
      <Question key={asked} asked={asked} busy={found.isFetching} onAsk={tryOut} />
      {before.length > 0 && <LastQuestions questions={before} onAsk={tryOut} onForget={last.forget} />}
      {!asked && (
        <Empty icon={<IconZoomQuestion size={28} stroke={1.6} />} title="Ask as a visitor would">
          You see which passages the question finds, by meaning and by words, and whether the assistant would
          answer from them. Nothing is written and no visitor sees it.
        </Empty>
      )}
      {asked && found.isPending && <Waiting what="Searching" />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && !found.isError && (
        <>
          {found.data.decision && <Verdict verdict={found.data.decision} question={asked} />}
          <FoundPassages passages={found.data.passages} />
        </>
      )}
    </>
  );
}

function search(q: string, signal: AbortSignal): Promise<Found> {
  return ask.get("/api/v1/knowledge/search", { query: { q, limit: 10, explain: true }, signal });
}

function Question(props: { asked: string; busy: boolean; onAsk: (question: string) => void }) {
  const [question, setQuestion] = useState(props.asked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (question.trim()) props.onAsk(question.trim());
  };
  return (
    <search>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          className={classes.field ?? ""}
          size="md"
          type="search"
          aria-label="Question"
          placeholder="How long is the warranty?"
          maxLength={LONGEST}
          leftSection={<IconSearch size={18} aria-hidden />}
          value={question}
          onChange={(event) => setQuestion(event.currentTarget.value)}
          dir="auto"
        />
        <Button type="submit" size="md" loading={props.busy}>
          Try it
        </Button>
      </form>
    </search>
  );
}

function LastQuestions(props: {
  questions: readonly string[];
  onAsk: (question: string) => void;
  onForget: () => void;
}) {
  return (
    <Group gap={6} mb="lg" role="group" aria-label="Questions tried before">
      <Text size="sm" c="var(--faint)">
        Tried before:
      </Text>
      {props.questions.map((question) => (
        <button
          key={question}
          type="button"
          className={classes.before}
          title={question}
          onClick={() => props.onAsk(question)}
        >
          <bdi>{question}</bdi>
        </button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={props.onForget}>
        Forget them
      </Button>
    </Group>
  );
}
