import { Switch, Textarea, TextInput } from "@mantine/core";
import { ask } from "../../api/call";
import { forgetUnsaved } from "../../shell/LeaveGuard";
import { EmojiField } from "../parts/EmojiField";
import { FormModal } from "../parts/FormModal";
import { KEYS, readNow, useCategories } from "../reads";
import type { Category } from "../shapes";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";

const SHOWN = ["name", "icon"];

export function CategoryForm(props: { category: Category | null; place: number; onClose: () => void }) {
  const { category, place, onClose } = props;
  const draft = useDraft(fieldsOf(category));
  const reading = useCategories();
  const { value, set } = draft;
  const save = useAct({
    does: async () => {
      if (!category) return ask.post("/api/categories", { body: { ...value, sortOrder: place } });
      const now = (await readNow(reading)).find(({ _id }) => _id === category._id);
      return ask.put("/api/categories/{category_id}", {
        path: { category_id: category._id },
        body: draft.over(fieldsOf(now ?? category)),
      });
    },
    changes: [KEYS.categories],
    done: category ? `${value.name} is changed.` : `${value.name} is there for visitors to pick.`,
    onDone: () => {
      forgetUnsaved();
      onClose();
    },
  });
  return (
    <FormModal
      title={category ? `Edit ${category.name}` : "New category"}
      act={category ? "Save" : "Make the category"}
      size="lg"
      busy={save.isPending}
      disabled={category !== null && !draft.changed}
      fault={faultOfForm(save.error, ...SHOWN)}
      onAct={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What the button in the widget says."
        required
        data-autofocus
        maxLength={100}
        value={value.name}
        onChange={(event) => set("name", event.currentTarget.value)}
        error={faultOf(save.error, "name")}
      />
      <Textarea
        label="Prompt"
        description="What the assistant is told in such a chat: its tone, what to ask for, what to leave to people."
        required
        autosize
        minRows={5}
        maxRows={14}
        maxLength={4000}
        value={value.prompt}
        onChange={(event) => set("prompt", event.currentTarget.value)}
      />
      <EmojiField
        value={value.icon}
        onChange={(icon) => set("icon", icon)}
        fault={faultOf(save.error, "icon")}
      />
      <Switch
        label="Offer it to visitors"
        checked={value.active}
        onChange={(event) => set("active", event.currentTarget.checked)}
      />
    </FormModal>
  );
}

function fieldsOf(category: Category | null) {
  return {
    name: category?.name ?? "",
    prompt: category?.prompt ?? "",
    icon: category?.icon ?? "",
    active: category?.active ?? true,
  };
}
