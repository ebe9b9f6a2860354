import { Checkbox, Group, MultiSelect, Radio, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ask } from "../../api/call";
import { type Role, useSignedIn } from "../../api/session";
import { forgetUnsaved } from "../../shell/LeaveGuard";
import { FormModal } from "../parts/FormModal";
import { makePassword, NO_PASSWORD_YET, PasswordChoice, PasswordShown } from "../parts/PasswordChoice";
import { KEYS, readNow, usePeople, useTeams } from "../reads";
import { ROLES, useMay } from "../rights";
import type { Person } from "../shapes";
import { SPECIALTIES } from "../specialties";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";

const FRESH = {
  name: "",
  email: "",
  systemRole: "agent" as Role,
  roles: [] as string[],
  managerId: "" as string | null,
  specialties: [] as string[],
  office365Email: "",
  teamsEmail: "",
};
const ADDRESSES = ["office365Email", "teamsEmail"];
const SHOWN = ["name", "email", "roles", "systemRole", "managerId", "password", "newPassword", ...ADDRESSES];

/** A new account, or what can be changed of one. */
export function PersonForm(props: { person: Person | null; people: Person[]; onClose: () => void }) {
  const { person, people, onClose } = props;
  const draft = useDraft(person ? stored(person) : FRESH);
  const reading = usePeople();
  const [password, setPassword] = useState(NO_PASSWORD_YET);
  const [made, setMade] = useState("");
  const { value, set } = draft;
  const save = useAct({
    does: async () => {
      if (person) {
        const now = (await readNow(reading)).find(({ id }) => id === person.id);
        return ask.put("/api/agents/{agent_id}", {
          path: { agent_id: person.id },
          body: draft.over(stored(now ?? person)),
        });
      }
      const secret = password.way === "made" ? makePassword() : password.typed;
      await ask.post("/api/agents", { body: { ...value, password: secret } });
      return password.way === "made" ? setMade(secret) : undefined;
    },
    changes: [KEYS.people, KEYS.teams],
    done: person ? `${value.name} is changed.` : `${value.name} has an account.`,
    onDone: () => {
      forgetUnsaved();
      if (person || password.way === "typed") onClose();
    },
  });
  if (made && save.isSuccess) return <PasswordShown name={value.name} password={made} onClose={onClose} />;
  return (
    <FormModal
      title={person ? `Edit ${person.name}` : "New person"}
      act={person ? "Save" : "Make the account"}
      size="lg"
      busy={save.isPending}
      disabled={person !== null && !draft.changed}
      fault={faultOfForm(save.error, ...SHOWN)}
      onAct={() => save.mutate()}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Name"
          required
          data-autofocus
          value={value.name}
          onChange={(event) => set("name", event.currentTarget.value)}
          error={faultOf(save.error, "name")}
        />
        <TextInput
          label="E-mail"
          description={undefined}
          type="email"
          required
          value={value.email}
          onChange={(event) => set("email", event.currentTarget.value)}
          error={faultOf(save.error, "email")}
        />
      </SimpleGrid>
      <Place value={value} set={set} error={save.error} people={people} self={person} />
      <Checkbox.Group
        label="Knows most about"
        description="Chats of these kinds are offered to them first."
        value={value.specialties}
        onChange={(known) => set("specialties", known)}
      >
        <Group gap="md" mt={6}>
          {SPECIALTIES.map(({ value: one, label }) => (
            <Checkbox key={one} value={one} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      {person ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label="Address in Microsoft Teams"
            type="email"
            value={value.teamsEmail}
            onChange={(event) => set("teamsEmail", event.currentTarget.value)}
            error={faultOf(save.error, "teamsEmail")}
          />
          <TextInput
            label="Address in Office 365"
            type="email"
            value={value.office365Email}
            onChange={(event) => set("office365Email", event.currentTarget.value)}
            error={faultOf(save.error, "office365Email")}
          />
        </SimpleGrid>
      ) : (
        <PasswordChoice
          value={password}
          onChange={setPassword}
          fault={faultOf(save.error, "password", "newPassword")}
        />
      )}
    </FormModal>
  );
}

type Fields = typeof FRESH;

function Place(props: {
  value: Fields;
  set: <K extends keyof Fields>(field: K, value: Fields[K]) => void;
  error: unknown;
  people: Person[];
  self: Person | null;
}) {
  const { value, set, error, people, self } = props;
  const me = useSignedIn();
  const may = useMay();
  const teams = useTeams();
  const admin = may("changeSettings");
  const offered = (teams.data ?? []).filter((team) => admin || team.managerId === me.id);
  const kept = value.roles.filter((name) => !offered.some((team) => team.name === name));
  return (
    <Stack gap="md">
      {admin && (
        <Radio.Group
          label="Role"
          value={value.systemRole}
          onChange={(role) => set("systemRole", role as Role)}
          error={faultOf(error, "systemRole")}
        >
          <Stack gap={8} mt={6}>
            {ROLES.map((role) => (
              <Radio key={role.value} value={role.value} label={role.label} description={role.about} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <MultiSelect
        label="Teams"
        placeholder={value.roles.length > 0 ? "" : "None"}
        data={[
          ...offered.map((team) => ({ value: team.name, label: `${team.icon} ${team.name}` })),
          ...kept.map((name) => ({ value: name, label: name, disabled: true })),
        ]}
        value={value.roles}
        onChange={(names) => set("roles", names)}
        error={faultOf(error, "roles")}
        nothingFoundMessage="No team has that name."
        searchable
        comboboxProps={{ withinPortal: true }}
      />
      {admin && (
        <Select
          label="Manager"
          placeholder="Nobody"
          clearable
          clearButtonProps={{ "aria-label": "Nobody" }}
          searchable
          data={people
            .filter((one) => one.systemRole !== "agent" && one.id !== self?.id)
            .map((one) => ({ value: one.id, label: one.name }))}
          value={value.managerId || null}
          onChange={(id) => set("managerId", id ?? "")}
          error={faultOf(error, "managerId")}
        />
      )}
    </Stack>
  );
}

function stored(person: Person): Fields {
  return {
    name: person.name,
    email: person.email,
    systemRole: person.systemRole,
    roles: person.roles,
    managerId: person.managerId ?? "",
    specialties: person.specialties,
    office365Email: person.office365Email,
    teamsEmail: person.teamsEmail,
  };
}
