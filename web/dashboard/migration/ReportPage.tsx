// The shell of every report: what was measured, on what, how surely, and how to check it again.

import { Alert, Anchor, Code, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { count } from "../charts/words";
import { Page } from "../parts/Page";
import classes from "./Migration.module.css";

export interface Evidence {
  /** What was measured on: the name of a set, a period of chats. */
  data: string;
  n: number;
  /** When it was made, ISO 8601. */
  madeAt: string;
  /** The command that makes it again. */
  command: string;
  /** SHA-256 of the report as it was stored. */
  hash: string;
}

/** A figure with its interval: neither is shown without the other. */
export interface Measured {
  name: string;
  value: number;
  low: number;
  high: number;
  n: number;
}

export type Verdict = "go" | "no-go" | "not enough evidence";

export function ReportPage(props: {
  title: string;
  about: string;
  evidence: Evidence;
  verdict?: { is: Verdict; why: string };
  children: ReactNode;
}) {
  const { evidence, verdict } = props;
  return (
    <Page title={props.title} about={props.about} wide>
      <Text size="sm" mb="md">
        <Anchor component={Link} href="/migration" size="sm">
          All steps
        </Anchor>
      </Text>
      {verdict && <VerdictLine {...verdict} />}
      <dl className={classes.facts} aria-label="Evidence">
        <Fact name="Data">{evidence.data}</Fact>
        <Fact name="n">{count(evidence.n)}</Fact>
        <Fact name="Made">
          <time dateTime={evidence.madeAt}>{evidence.madeAt.slice(0, 16).replace("T", " ")} UTC</time>
        </Fact>
        <Fact name="Make it again">
          <Code className={classes.command}>{evidence.command}</Code>
        </Fact>
        <Fact name="SHA-256">
          <Code className={classes.hash}>{evidence.hash}</Code>
        </Fact>
      </dl>
      {props.children}
    </Page>
  );
}

const VERDICTS: Record<Verdict, [words: string, icon: ReactNode]> = {
  go: ["GO", <IconCircleCheck key="go" color="var(--good)" />],
  "no-go": ["NO-GO", <IconCircleX key="no-go" color="var(--bad)" />],
  "not enough evidence": ["Not enough evidence", <IconHelpCircle key="unknown" color="var(--warm)" />],
};

function VerdictLine({ is, why }: { is: Verdict; why: string }) {
  const [words, icon] = VERDICTS[is];
  return (
    <Alert variant="default" title={words} mb="md" role="status" icon={icon}>
      <Text size="sm">{why}</Text>
    </Alert>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** "0.81 (0.74 to 0.87, n = 120)". */
export function measuredWords(one: Measured, format: (value: number) => string): string {
  return `${format(one.value)} (${format(one.low)} to ${format(one.high)}, n = ${count(one.n)})`;
}
