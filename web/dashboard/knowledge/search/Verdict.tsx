import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCircleCheck, IconMessageOff, IconProgressHelp } from "@tabler/icons-react";
import { TeachPair } from "../learning/TeachPair";
import { useMayTeach } from "../reads";
import type { Verdict as Decided } from "../shapes";
import { inSentence } from "../wording";
import classes from "./Search.module.css";

// Greetings and the wish for a person are decided without looking at passages.
const FROM_PASSAGES = ["relevant", "unsure", "nothing_relevant"];

/** Whether the assistant would answer, why, and what to do if it would not. */
export function Verdict({ verdict, question }: { verdict: Decided; question: string }) {
  const { answers, code, reason, threshold, relevance } = verdict;
  const mayTeach = useMayTeach();
  const [teaching, teacher] = useDisclosure();
  const unsure = code === "unsure";
  const Sign = unsure ? IconProgressHelp : answers ? IconCircleCheck : IconMessageOff;
  return (
    <section
      className={classes.verdict}
      data-answers={answers && !unsure}
      aria-label="What the assistant would do"
    >
      <Sign size={26} stroke={1.7} aria-hidden className={classes.sign} />
      <div className={classes.why}>
        <Text fw={650} role="status">
          {answers ? "The assistant would answer" : "The assistant would not answer"}
          {unsure && ", if a passage bears it out"}
        </Text>
        <Text size="sm">Because {inSentence(reason)}.</Text>
        {FROM_PASSAGES.includes(code) && (
          <>
            <Scale relevance={relevance} threshold={threshold} />
            <Text size="xs" className={classes.figures ?? ""}>
              The passages fit by {relevance.toFixed(2)}; below {threshold.toFixed(2)} it does not answer.
            </Text>
          </>
        )}
      </div>
      {(unsure || code === "nothing_relevant") && mayTeach && (
        <Button size="sm" variant={unsure ? "default" : "filled"} onClick={teacher.open}>
          Teach the answer
        </Button>
      )}
      <TeachPair opened={teaching} onClose={teacher.close} question={question} />
    </section>
  );
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
