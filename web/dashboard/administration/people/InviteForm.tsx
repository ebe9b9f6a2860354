import { Button, Group, Modal, MultiSelect, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ask } from "../../api/call";
import { useSignedIn } from "../../api/session";
import { CopyLine } from "../parts/Copy";
import { FormModal } from "../parts/FormModal";
import { KEYS, usePeople, useTeams } from "../reads";
import { useMay } from "../rights";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { joinLink } from "./joinLink";

const DAY = 86_400_000;
const ENDS = [
  { value: "1", label: "After a day" },
  { value: "7", label: "After a week" },
  { value: "30", label: "After 30 days" },
  { value: "", label: "Never" },
];
const SHOWN = ["label", "roles", "defaultManagerId", "maxUses", "expiresAt"];

/** Make a link with which a colleague signs up; then show it. */
export function InviteForm({ onClose }: { onClose: () => void }) {
  const me = useSignedIn();
  const may = useMay();
  const admin = may("manageTeams");
  const teams = useTeams();
  const people = usePeople(admin);
  const [label, setLabel] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [manager, setManager] = useState<string | null>(null);
  const [uses, setUses] = useState("1");
  const [days, setDays] = useState("7");
  const make = useAct({
    does: async () => {
      const expiresAt = days ? new Date(Date.now() + Number(days) * DAY).toISOString() : null;
      const body = {
        label,
        defaultRoles: roles,
        defaultManagerId: manager,
        maxUses: Number(uses),
        expiresAt,
      };
      return (await ask.post("/api/agents/invite-links", { body })).link;
    },
    changes: [KEYS.invites],
  });
  if (make.isSuccess) return <Made code={make.data.code} onClose={onClose} />;
  return (
    <FormModal
      title="Invite a colleague"
      act="Make the link"
      busy={make.isPending}
      // An empty field is not 0, which is no limit.
      disabled={uses === ""}
      fault={faultOfForm(make.error, ...SHOWN)}
      onAct={() => make.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="For whom"
        description="For your own list; whoever opens the link sees it too."
        placeholder="Night shift"
        data-autofocus
        maxLength={100}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={faultOf(make.error, "label")}
      />
      <MultiSelect
        label="Teams"
        placeholder={roles.length > 0 ? "" : "None"}
        data={(teams.data ?? [])
          .filter((team) => admin || team.managerId === me.id)
          .map((team) => ({ value: team.name, label: `${team.icon} ${team.name}` }))}
        value={roles}
        onChange={setRoles}
        error={faultOf(make.error, "roles")}
      />
      {admin && (
        <Select
          label="Manager"
          placeholder="Nobody"
          clearable
          clearButtonProps={{ "aria-label": "Nobody" }}
          data={(people.data ?? [])
            .filter((one) => one.systemRole !== "agent")
            .map((one) => ({ value: one.id, label: one.name }))}
          value={manager}
          onChange={setManager}
          error={faultOf(make.error, "defaultManagerId")}
        />
      )}
      <SimpleGrid cols={2}>
        <TextInput
          label="How many may use it"
          description="0 is no limit."
          type="number"
          min={0}
          max={10_000}
          value={uses}
          onChange={(event) => setUses(event.currentTarget.value)}
          error={faultOf(make.error, "maxUses")}
        />
        <Select
          label="Ends"
          description="Then it works no more."
          allowDeselect={false}
          data={ENDS}
          value={days}
          onChange={(next) => setDays(next ?? "")}
          error={faultOf(make.error, "expiresAt")}
        />
      </SimpleGrid>
    </FormModal>
  );
}

function Made({ code, onClose }: { code: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="The link is ready" closeButtonProps={{ "aria-label": "Close" }}>
      <Text size="sm" mb="sm">
        Send it to your colleague. Whoever has it can make an account, so send it by a way that you trust.
      </Text>
      <CopyLine text={joinLink(code)} name="the link" />
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Modal>
  );
}
