import { Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { ask } from "../../api/call";
import { forgetUnsaved } from "../../shell/LeaveGuard";
import { FormModal } from "../parts/FormModal";
import { KEYS, readNow, useCannedReplies } from "../reads";
import type { CannedReply } from "../shapes";
import { SPECIALTIES } from "../specialties";
import { faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";

export function CannedReplyForm({ reply, onClose }: { reply: CannedReply | null; onClose: () => void }) {
  const draft = useDraft(fieldsOf(reply));
  const reading = useCannedReplies();
  const { value, set } = draft;
  const save = useAct({
    does: async () => {
      if (!reply) return ask.post("/api/canned-responses", { body: value });
      const now = (await readNow(reading)).find(({ id }) => id === reply.id);
      return ask.patch("/api/canned-responses/{response_id}", {
        path: { response_id: reply.id },
        body: draft.over(fieldsOf(now ?? reply)),
      });
    },
    changes: [KEYS.cannedReplies],
    done: reply ? `${value.title} is changed.` : `${value.title} can be used now.`,
    onDone: () => {
      forgetUnsaved();
      onClose();
    },
  });
  return (
    <FormModal
      title={reply ? `Edit ${reply.title}` : "New canned reply"}
      act={reply ? "Save" : "Make the reply"}
      size="lg"
      busy={save.isPending}
      disabled={reply !== null && !draft.changed}
      fault={faultOfForm(save.error)}
      onAct={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Title"
        description="For your own list, from 3 to 100 characters."
        required
        data-autofocus
        maxLength={100}
        value={value.title}
        onChange={(event) => set("title", event.currentTarget.value)}
      />
      <Textarea
        label="Text"
        description={`From 10 to 1,000 characters; ${value.content.length.toLocaleString("en")} so far.`}
        required
        autosize
        minRows={5}
        maxRows={14}
        maxLength={1000}
        value={value.content}
        onChange={(event) => set("content", event.currentTarget.value)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Shortcut"
          description="2 to 20 letters or digits."
          leftSection="/"
          maxLength={20}
          value={value.shortcut}
          onChange={(event) => set("shortcut", event.currentTarget.value)}
        />
        <Select
          label="Kind"
          description="What it is about."
          placeholder="None"
          clearable
          clearButtonProps={{ "aria-label": "None" }}
          data={[...SPECIALTIES]}
          value={value.category}
          onChange={(category) => set("category", category)}
        />
      </SimpleGrid>
    </FormModal>
  );
}

function fieldsOf(reply: CannedReply | null) {
  return {
    title: reply?.title ?? "",
    content: reply?.content ?? "",
    category: reply?.category ?? null,
    shortcut: reply?.shortcut ?? "",
  };
}
