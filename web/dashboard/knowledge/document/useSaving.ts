import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { Refused } from "../../../protocol/refused";
import { ask } from "../../api/call";
import { readDocument, useKnowledgeChanged } from "../reads";
import { count } from "../wording";

const CHANGED = "The document was changed while you wrote. Read the notice above the text, then save again.";

/** Saves a text over the one that its writer knows of, and over no other. */
export function useSaving(id: string, onSaved: () => void) {
  const changed = useKnowledgeChanged();
  return useMutation({
    mutationFn: async ({ text, over }: { text: string; over: string }) => {
      if ((await readDocument(id)).content !== over) throw new Refused(409, CHANGED);
      try {
        const path = { document_id: id };
        const { chunks } = await ask.put("/api/knowledge/{document_id}", {
          path,
          body: { content: text },
        });
        return { message: `Saved: ${count(chunks, "passage")}.` };
      } catch (error) {
        // 503 also tells of a text that was saved and cannot be embedded yet.
        if (!(error instanceof Refused) || error.status !== 503) throw error;
        if ((await readDocument(id)).content === over) throw error;
        return { color: "orange", title: "Saved, not embedded yet", message: error.message };
      }
    },
    onSuccess: (told) => {
      notifications.show({ autoClose: 10_000, ...told });
      onSaved();
    },
    onSettled: changed,
  });
}
