import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sentenceOf } from "../api/call";
import { keepFocus } from "./keepFocus";

/** Asks before something is done that matters, says what will happen, and stays open if it fails. */
export function Confirm(props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  yes: string;
  harmful?: boolean;
  onYes: () => Promise<unknown>;
  onClose: () => void;
}) {
  const doing = useMutation({
    mutationFn: props.onYes,
    onSuccess: () => close(),
  });
  const close = () => {
    doing.reset();
    props.onClose();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={close}
      title={<Text fw={650}>{props.title}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
      onExitTransitionEnd={keepFocus}
    >
      <Text size="sm" component="div">
        {props.children}
      </Text>
      {doing.isError && (
        <Alert color="red" variant="light" mt="md" role="alert">
          {sentenceOf(doing.error)}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          Cancel
        </Button>
        <Button
          {...(props.harmful && { color: "red.9" })}
          loading={doing.isPending}
          onClick={() => doing.mutate()}
        >
          {props.yes}
        </Button>
      </Group>
    </Modal>
  );
}
