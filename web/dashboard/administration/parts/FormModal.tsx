import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";

interface Props {
  title: string;
  /** What the button says. */
  act: string;
  busy: boolean;
  /** What no field shows. */
  fault: string | undefined;
  onAct: () => void;
  onClose: () => void;
  danger?: boolean;
  size?: string;
  disabled?: boolean;
  children: ReactNode;
}

/** A dialog with a form; a click beside it does not throw away what was typed. */
export function FormModal(props: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.busy) props.onAct();
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? "md"}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {props.children}
          {props.fault && (
            <Alert color="red" variant="light" role="alert" p="xs">
              {props.fault}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button
              variant="default"
              onClick={props.onClose}
              {...(props.danger && { "data-autofocus": true })}
            >
              Cancel
            </Button>
            <Button
              type="submit"
              loading={props.busy}
              disabled={props.disabled ?? false}
              {...(props.danger && { color: "red.8" })}
            >
              {props.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
