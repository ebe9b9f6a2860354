import { Button, Group, Modal, Text } from "@mantine/core";
import { useLeaveGuard } from "./useLeaveGuard";

/** Asks those who leave a text that is not saved; it is kept either way. */
export function LeaveDialog({ unsaved }: { unsaved: boolean }) {
  const leaving = useLeaveGuard(unsaved);
  return (
    <Modal
      opened={leaving !== null}
      onClose={() => leaving?.stay()}
      title={<Text fw={650}>Leave without saving?</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <Text size="sm">
        Your text is kept in this browser and is here when you come back. The assistant does not know it
        before you save it.
      </Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => leaving?.leave()}>
          Leave
        </Button>
        <Button data-autofocus onClick={() => leaving?.stay()}>
          Go on writing
        </Button>
      </Group>
    </Modal>
  );
}
