import { Textarea } from "@mantine/core";

export const LONGEST_PART = 20_000;

export interface Pair {
  question: string;
  answer: string;
}

/** A question and its answer to be written. */
export function PairFields(props: {
  pair: Pair;
  onWrite: (pair: Pair) => void;
  error?: string | false;
  focus: "question" | "answer";
}) {
  const { pair, onWrite } = props;
  return (
    <>
      <Textarea
        label="Question"
        value={pair.question}
        onChange={(event) => onWrite({ ...pair, question: event.currentTarget.value })}
        maxLength={LONGEST_PART}
        autosize
        minRows={1}
        maxRows={6}
        dir="auto"
        {...(props.focus === "question" && { "data-autofocus": true, autoFocus: true })}
      />
      <Textarea
        label="Answer"
        mt="sm"
        value={pair.answer}
        onChange={(event) => onWrite({ ...pair, answer: event.currentTarget.value })}
        maxLength={LONGEST_PART}
        autosize
        minRows={3}
        maxRows={14}
        error={props.error}
        dir="auto"
        {...(props.focus === "answer" && { "data-autofocus": true, autoFocus: true })}
      />
    </>
  );
}
