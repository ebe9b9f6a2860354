import { Anchor, Badge, Code, Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { sentenceOf } from "../api/call";
import { count } from "../charts/words";
import classes from "./Migration.module.css";
import type { EvidencePage, StepState } from "./registry";
import type { Step } from "./steps";

const LOOK_EVERY = 5_000;

/** A step of the checklist: what it is for, what does it, and how far it is. */
export function StepCard({
  step,
  place,
  page,
}: {
  step: Step;
  place: number;
  page: EvidencePage | undefined;
}) {
  return (
    <li className={classes.step} aria-labelledby={`step-${step.id}`}>
      <span className={classes.place} aria-hidden>
        {place}
      </span>
      <div className={classes.what}>
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h5" id={`step-${step.id}`}>
            <span className="unseen">Step {place}: </span>
            {step.name}
          </Title>
          {page ? <State page={page} /> : <StateBadge state={{ is: "none" }} />}
        </Group>
        <Text size="sm" c="var(--faint)" mt={2} maw={680}>
          {step.why}
        </Text>
        <Group gap="sm" mt={8}>
          <Code className={classes.command}>{step.command}</Code>
          {page ? (
            <Anchor component={Link} size="sm" href={`/migration/${page.path}`}>
              {page.name}
            </Anchor>
          ) : (
            <Text size="xs" c="var(--faint)">
              {step.now ?? "Comes with a later version"}
            </Text>
          )}
        </Group>
      </div>
    </li>
  );
}

function State({ page }: { page: EvidencePage }) {
  const state = useQuery({
    queryKey: ["migration", page.path],
    queryFn: ({ signal }) => page.state(signal),
    refetchInterval: (query) => (query.state.data?.is === "running" ? LOOK_EVERY : false),
  });
  if (state.data) return <StateBadge state={state.data} />;
  if (state.isError)
    return (
      <Text size="xs" c="var(--bad)">
        {sentenceOf(state.error)}
      </Text>
    );
  return (
    <Text size="xs" c="var(--faint)">
      Asking …
    </Text>
  );
}

function StateBadge({ state }: { state: StepState }) {
  switch (state.is) {
    case "none":
      return <Mark colour="gray">No evidence yet</Mark>;
    case "running": {
      const of = state.total === null ? "" : ` of ${count(state.total)}`;
      return <Mark colour="blue">{`Running: ${count(state.done)}${of}`}</Mark>;
    }
    case "passed":
    case "failed":
      return (
        <Group gap={6}>
          <Mark colour={state.is === "passed" ? "fern" : "red"}>
            {state.is === "passed" ? "Passed" : "Failed"}
          </Mark>
          <Text size="xs">
            {state.says} <time dateTime={state.at}>{state.at.slice(0, 10)}</time>
          </Text>
        </Group>
      );
    default:
      return state satisfies never;
  }
}

function Mark({ colour, children }: { colour: string; children: string }) {
  return (
    <Badge variant="default" radius="sm" tt="none" fw={550} leftSection={<Dot colour={colour} />}>
      {children}
    </Badge>
  );
}

function Dot({ colour }: { colour: string }) {
  return <span className={classes.dot} style={{ background: `var(--mantine-color-${colour}-6)` }} />;
}
