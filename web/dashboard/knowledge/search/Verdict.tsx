import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCircleCheck, IconMessageOff } from "@tabler/icons-react";
import { TeachPair } from "../learning/TeachPair";
import { useMayTeach } from "../reads";
import type { Verdict as Decided, FoundPassage } from "../shapes";
import { inSentence } from "../wording";
import classes from "./Search.module.css";

/** Whether the assistant would answer, why, and what to do if it would not. */
export function Verdict(props: { verdict: Decided; question: string; passages: readonly FoundPassage[] }) {
  const { answers, reason, threshold, relevance } = props.verdict;
  const mayTeach = useMayTeach();
  const [teaching, teacher] = useDisclosure();
  const Sign = answers ? IconCircleCheck : IconMessageOff;
  return (
    <section className={classes.verdict} data-answers={answers} aria-label="What the assistant would do">
      <Sign size={26} stroke={1.7} aria-hidden className={classes.sign} />
      <div className={classes.why}>
        <Text fw={650} role="status">
          {answers ? "The assistant would answer" : "The assistant would not answer"}
        </Text>
        <Text size="sm">
          Because {inSentence(reason)}. {figures(relevance, threshold)}
        </Text>
        {relevance !== undefined && <Scale relevance={relevance} threshold={threshold} />}
      </div>
      {!answers && mayTeach && (
        <Button size="sm" onClick={teacher.open}>
          Teach the answer
        </Button>
      )}
      <TeachPair opened={teaching} onClose={teacher.close} question={props.question} />
    </section>
  );
}

function figures(relevance: number | undefined, threshold: number): string {
  if (relevance === undefined) return `It answers from ${threshold.toFixed(2)} on.`;
  return `The passages fit by ${relevance.toFixed(2)}; it answers from ${threshold.toFixed(2)} on.`;
}

function Scale({ relevance, threshold }: { relevance: number; threshold: number }) {
  return (
    <div className={classes.scale} aria-hidden>
      <span className={classes.reached} style={{ inlineSize: `${100 * clamp(relevance)}%` }} />
      <span className={classes.limit} style={{ insetInlineStart: `${100 * clamp(threshold)}%` }} />
    </div>
  );
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
