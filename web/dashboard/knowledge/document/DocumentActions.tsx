import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { ask, sentenceOf } from "../../api/call";
import { Confirm } from "../Confirm";
import { useKnowledgeChanged } from "../reads";
import type { OneDocument } from "../shapes";
import { count } from "../wording";

/** Edit, embed again, delete. */
export function DocumentActions({ document, onEdit }: { document: OneDocument; onEdit: () => void }) {
  const [asking, dialog] = useDisclosure();
  const [, go] = useLocation();
  const changed = useKnowledgeChanged();
  const path = { document_id: document.id };
  const embedding = useMutation({
    mutationFn: () => ask.post("/api/knowledge/{document_id}/push", { path }),
    onSuccess: ({ chunks }) =>
      notifications.show({ message: `Embedded again: ${count(chunks, "passage")}.` }),
    onError: (error) =>
      notifications.show({ color: "red", title: "It could not be embedded", message: sentenceOf(error) }),
    onSettled: changed,
  });
  const remove = async () => {
    await ask.delete("/api/knowledge/{document_id}", { path });
    notifications.show({ message: `“${document.originalName}” is deleted.` });
    go("/knowledge", { replace: true });
    changed();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
        Edit
      </Button>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={embedding.isPending}
        onClick={() => embedding.mutate()}
      >
        Re-embed
      </Button>
      <Button
        variant="default"
        c="var(--bad)"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={dialog.open}
      >
        Delete
      </Button>
      <Confirm
        opened={asking}
        title="Delete this document?"
        yes="Delete"
        harmful
        onYes={remove}
        onClose={dialog.close}
      >
        From this moment on the assistant does not answer from <bdi>“{document.originalName}”</bdi> any more.
        This cannot be undone; to bring it back it must be added again.
      </Confirm>
    </>
  );
}
