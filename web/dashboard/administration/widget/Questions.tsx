import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { faultOf } from "../useAct";
import { MOST_QUESTIONS } from "./widgetDraft";

interface Props {
  value: string[];
  onChange: (questions: string[]) => void;
  error: unknown;
}

/** Questions that a visitor asks with one touch. */
export function Questions({ value, onChange, error }: Props) {
  const change = (at: number, text: string) =>
    onChange(value.map((one, place) => (place === at ? text : one)));
  return (
    <Stack gap="xs" role="group" aria-label="Suggested questions">
      <div>
        <Text size="sm" fw={600}>
          Suggested questions
        </Text>
        <Text size="xs" c="var(--faint)">
          At most {MOST_QUESTIONS}; a visitor asks one with one touch. Suggest what your documents answer.
        </Text>
      </div>
      {value.map((question, at) => (
        <Group key={at} gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            flex={1}
            aria-label={`Question ${at + 1}`}
            maxLength={200}
            value={question}
            onChange={(event) => change(at, event.currentTarget.value)}
            error={faultOf(error, `widget.questions.${at}`)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Remove question ${at + 1}`}
            onClick={() => onChange(value.filter((_, place) => place !== at))}
          >
            <IconX size={17} />
          </ActionIcon>
        </Group>
      ))}
      {value.length < MOST_QUESTIONS && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => onChange([...value, ""])}
          style={{ alignSelf: "flex-start" }}
        >
          Add a question
        </Button>
      )}
    </Stack>
  );
}
