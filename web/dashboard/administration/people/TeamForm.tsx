import { Select, Textarea, TextInput } from "@mantine/core";
import { ask } from "../../api/call";
import { forgetUnsaved } from "../../shell/LeaveGuard";
import { EmojiField } from "../parts/EmojiField";
import { FormModal } from "../parts/FormModal";
import { KEYS, readNow, usePeople, useTeams } from "../reads";
import { useMay } from "../rights";
import type { Team } from "../shapes";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";

const SHOWN = ["name", "description", "icon", "managerId"];

export function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const may = useMay();
  const people = usePeople(may("manageTeams"));
  const draft = useDraft(fieldsOf(team));
  const reading = useTeams();
  const { value, set } = draft;
  const save = useAct({
    does: async () => {
      if (!team) return ask.post("/api/agents/roles", { body: value });
      const now = (await readNow(reading)).find(({ id }) => id === team.id);
      return ask.put("/api/agents/roles/{team_id}", {
        path: { team_id: team.id },
        body: draft.over(fieldsOf(now ?? team)),
      });
    },
    changes: [KEYS.teams, KEYS.people],
    done: team ? `The team ${value.name} is changed.` : `The team ${value.name} is made.`,
    onDone: () => {
      forgetUnsaved();
      onClose();
    },
  });
  return (
    <FormModal
      title={team ? `Edit ${team.name}` : "New team"}
      act={team ? "Save" : "Make the team"}
      busy={save.isPending}
      disabled={team !== null && !draft.changed}
      fault={faultOfForm(save.error, ...SHOWN)}
      onAct={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        value={value.name}
        onChange={(event) => set("name", event.currentTarget.value)}
        error={faultOf(save.error, "name")}
      />
      <Textarea
        label="What it is for"
        autosize
        minRows={2}
        maxRows={6}
        value={value.description}
        onChange={(event) => set("description", event.currentTarget.value)}
        error={faultOf(save.error, "description")}
      />
      <EmojiField
        value={value.icon}
        onChange={(icon) => set("icon", icon)}
        fault={faultOf(save.error, "icon")}
      />
      {may("manageTeams") && (
        <Select
          label="Manager"
          placeholder="Nobody"
          clearable
          clearButtonProps={{ "aria-label": "Nobody" }}
          data={(people.data ?? [])
            .filter((one) => one.systemRole !== "agent")
            .map((one) => ({ value: one.id, label: one.name }))}
          value={value.managerId || null}
          onChange={(id) => set("managerId", id ?? "")}
          error={faultOf(save.error, "managerId")}
        />
      )}
    </FormModal>
  );
}

function fieldsOf(team: Team | null) {
  return {
    name: team?.name ?? "",
    description: team?.description ?? "",
    icon: team?.icon ?? "",
    managerId: team?.managerId ?? "",
  };
}
