import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";

export interface Question {
  title: string;
  text: string;
  yes: string;
  dangerous?: boolean;
  onYes: () => void;
}

/** Ask before something that people mind. The last question stays drawn while its dialog closes. */
export function useConfirm(): { ask: (question: Question) => void; dialog: React.ReactNode } {
  const [question, setQuestion] = useState<Question | null>(null);
  const [opened, setOpened] = useState(false);
  const ask = (next: Question) => {
    setQuestion(next);
    setOpened(true);
  };
  const dialog = (
    <Modal
      opened={opened}
      onClose={() => setOpened(false)}
      title={question?.title}
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Text size="sm">{question?.text}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => setOpened(false)} data-autofocus>
          Cancel
        </Button>
        <Button
          {...(question?.dangerous && { color: "red.8" })}
          onClick={() => {
            setOpened(false);
            question?.onYes();
          }}
        >
          {question?.yes}
        </Button>
      </Group>
    </Modal>
  );
  return { ask, dialog };
}
