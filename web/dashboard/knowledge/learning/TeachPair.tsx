import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ask, sentenceOf } from "../../api/call";
import { keepFocus } from "../keepFocus";
import { useKnowledgeChanged } from "../reads";
import { useDraft } from "../useDraft";
import { type Pair, PairFields } from "./PairFields";
import { toldLearned } from "./toldLearned";

type Taught = Pair & { source: string };

/** Puts a question and its answer into the knowledge base; what is written is kept until it is learned. */
export function TeachPair(props: { opened: boolean; onClose: () => void; question?: string }) {
  const { question = "" } = props;
  const { draft, write, drop } = useDraft<Taught>(question ? `pair.${question}` : "pair");
  const pair = draft ?? { question, answer: "", source: "" };
  const changed = useKnowledgeChanged();
  const teaching = useMutation({
    mutationFn: () => ask.post("/api/knowledge/push", { body: pair }),
    onSuccess: (learned) => {
      drop();
      props.onClose();
      toldLearned(learned);
      changed();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    teaching.mutate();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={<Text fw={650}>Teach an answer</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      size="lg"
      onExitTransitionEnd={keepFocus}
    >
      <form onSubmit={submit}>
        <Text size="sm" c="var(--faint)" mb="md">
          The assistant answers from it as from any document. If a document says the same already, the pair
          joins it. Nothing personal is taken out: write only what every visitor may read.
        </Text>
        <PairFields
          pair={pair}
          onWrite={(next) => write({ ...pair, ...next })}
          error={teaching.isError && sentenceOf(teaching.error)}
          focus={question ? "answer" : "question"}
        />
        <TextInput
          label="Name of the document"
          description="Shown to visitors as the source; empty for “Chat Conversation”."
          mt="sm"
          maxLength={200}
          value={pair.source}
          onChange={(event) => write({ ...pair, source: event.currentTarget.value })}
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={teaching.isPending}
            disabled={!pair.question.trim() || !pair.answer.trim()}
          >
            Teach
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
