import { Button, PasswordInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../api/call";
import { ME, useSignedIn } from "../../api/session";
import { Page } from "../../parts/Page";
import { SaveBar } from "../parts/SaveBar";
import { Section } from "../parts/Section";
import { KEYS } from "../reads";
import { whoMay } from "../rights";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";

/** One's own name, addresses and password. */
export function Account() {
  const me = useSignedIn();
  const draft = useDraft({
    name: me.name,
    teamsEmail: me.teamsEmail ?? "",
    office365Email: me.office365Email ?? "",
  });
  const { value, set } = draft;
  const save = useAct({
    does: (body: typeof draft.changes) => ask.put("/api/agents/me", { body }),
    changes: [ME, KEYS.people],
    onDone: (_, saved) => draft.settle(saved),
  });
  return (
    <Page title="My account" about={`Signed in as ${me.email}, ${me.systemRole}.`}>
      <Section title="Who you are" about="Visitors and colleagues see your name.">
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Name"
              value={value.name}
              onChange={(event) => set("name", event.currentTarget.value)}
              error={faultOf(save.error, "name")}
            />
            <TextInput
              label="E-mail"
              description={`You sign in with it; it is changed by ${whoMay("manageAgents")}.`}
              value={me.email}
              readOnly
              variant="filled"
              inputWrapperOrder={["label", "input", "description"]}
            />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Address in Microsoft Teams"
              description="So that your answers in Teams are known as yours."
              inputWrapperOrder={["label", "input", "description", "error"]}
              type="email"
              value={value.teamsEmail}
              onChange={(event) => set("teamsEmail", event.currentTarget.value)}
              error={faultOf(save.error, "teamsEmail")}
            />
            <TextInput
              label="Address in Office 365"
              description="If it is another one than in Teams."
              inputWrapperOrder={["label", "input", "description", "error"]}
              type="email"
              value={value.office365Email}
              onChange={(event) => set("office365Email", event.currentTarget.value)}
              error={faultOf(save.error, "office365Email")}
            />
          </SimpleGrid>
          {((me.roles?.length ?? 0) > 0 || me.managerName) && (
            <Text size="sm" c="var(--faint)">
              {me.roles?.length ? `In ${me.roles.join(", ")}. ` : ""}
              {me.managerName ? `Under ${me.managerName}.` : ""}
            </Text>
          )}
        </Stack>
      </Section>
      <Password />
      <SaveBar
        changed={draft.changed}
        busy={save.isPending}
        savedAt={save.isSuccess ? save.submittedAt : 0}
        fault={faultOfForm(save.error, "name", "teamsEmail", "office365Email")}
        onSave={() => save.mutate(draft.changes)}
        onDiscard={() => {
          draft.reset();
          save.reset();
        }}
      />
    </Page>
  );
}

function Password() {
  const queries = useQueryClient();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () =>
      ask.post("/api/agents/change-password", { body: { currentPassword: current, newPassword: fresh } }),
    onSuccess: () => {
      notifications.show({ message: "Your password is changed. Sign in with the new one.", color: "fern" });
      queries.setQueryData(ME, null);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Section
      title="Password"
      about="Whoever is signed in to your account anywhere is signed out, you here too; then you sign in with the new one."
    >
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={faultOfForm(change.error, "newPassword")}
          />
          <PasswordInput
            label="New password"
            description="At least 8 characters."
            inputWrapperOrder={["label", "input", "description", "error"]}
            autoComplete="new-password"
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            error={faultOf(change.error, "newPassword")}
          />
        </SimpleGrid>
        <Button
          type="submit"
          variant="default"
          mt="md"
          loading={change.isPending}
          disabled={!current || !fresh}
        >
          Change the password
        </Button>
      </form>
    </Section>
  );
}
