import { Anchor, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { ask, sentenceOf } from "../../api/call";

export interface Pair {
  question: string;
  answer: string;
}

/** Keep a question and an agent's answer in the knowledge base, as a person has looked them over. */
export function PushDialog({ pair, onClose }: { pair: Pair | null; onClose: () => void }) {
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState("");
  const push = useMutation({
    mutationFn: () => ask.post("/api/knowledge/push", { body: { question, answer, source: "Chat" } }),
  });
  const { reset } = push;
  useEffect(() => {
    if (!pair) return;
    setQuestion(pair.question);
    setAnswer(pair.answer);
    reset();
  }, [pair, reset]);
  return (
    <Modal
      opened={pair !== null}
      onClose={onClose}
      title="Add to the knowledge base"
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {push.isSuccess ? (
        <Stack>
          <Text role="status">
            {push.data.merged
              ? "It was added to a document that says much the same."
              : "It is a document of its own now."}{" "}
            {push.data.state === "embedded"
              ? "The assistant answers from it."
              : "It cannot be found yet, as the embedding model gave no vectors; that is tried again by itself."}{" "}
            <Anchor component={Link} href={`/knowledge/documents/${push.data.id}`} size="sm">
              Look at the document
            </Anchor>
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <Stack>
          <Text size="sm" c="var(--faint)">
            Take out names and whatever else belongs to this visitor alone.
          </Text>
          <Textarea
            label="Question"
            autosize
            minRows={2}
            maxRows={8}
            value={question}
            onChange={(event) => setQuestion(event.currentTarget.value)}
            data-autofocus
          />
          <Textarea
            label="Answer"
            autosize
            minRows={3}
            maxRows={14}
            value={answer}
            onChange={(event) => setAnswer(event.currentTarget.value)}
          />
          {push.isError && (
            <Text size="sm" c="var(--bad)" role="alert">
              {sentenceOf(push.error)}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button loading={push.isPending} disabled={!answer.trim()} onClick={() => push.mutate()}>
              Add
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
