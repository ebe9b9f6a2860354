import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { Refused } from "../../protocol/refused";
import { ask, sentenceOf } from "../api/call";
import { ME } from "../api/session";
import { Entrance } from "./Entrance";
import classes from "./SignIn.module.css";
import { SETUP } from "./useSetup";

const EMPTY = { code: "", name: "", email: "", password: "", companyName: "" };
const SET_UP_ALREADY = 409;
const WRONG_CODE = 403;

type Given = typeof EMPTY;
// Which step shows a field; what the desk says against one is shown there.
const STEP_OF: Record<string, number> = { code: 0, name: 1, email: 1, password: 1, companyName: 2 };
const TITLES = ["Welcome", "Your account", "Your company"];
const ABOUT: readonly ReactNode[] = [
  "This desk is new. Whoever started it has the setup code, and makes the first account.",
  "You will be its administrator. Colleagues can be invited afterwards.",
  "Visitors see this name. You can leave it empty and change it later.",
];

/** The first run: the setup code, the first account, the company's name. */
export function FirstRun() {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [step, setStep] = useState(0);
  const [given, setGiven] = useState(EMPTY);
  const set = (field: keyof Given, value: string) => setGiven({ ...given, [field]: value });
  const make = useMutation({
    mutationFn: () => ask.post("/api/v1/setup", { body: given }),
    onSuccess: async () => {
      queries.setQueryData(SETUP, false);
      go("/settings/getting-started", { replace: true });
      await queries.invalidateQueries({ queryKey: ME });
    },
    onError: (error) => {
      if (!(error instanceof Refused)) return;
      if (error.status === SET_UP_ALREADY) {
        // Somebody was faster: the page to sign in takes this one's place.
        notifications.show({ message: sentenceOf(error), color: "fern", autoClose: false });
        queries.setQueryData(SETUP, false);
      } else if (error.status === WRONG_CODE) setStep(0);
      else if (error.field) setStep(STEP_OF[error.field] ?? step);
    },
  });
  const field = make.error instanceof Refused ? fieldOf(make.error) : null;
  const faultAt = (name: keyof Given) => (field === name ? sentenceOf(make.error) : undefined);
  const next = (event: FormEvent) => {
    event.preventDefault();
    if (step < TITLES.length - 1) setStep(step + 1);
    else make.mutate();
  };
  return (
    <Entrance name="First run" title={TITLES[step] ?? ""} about={ABOUT[step]}>
      <form onSubmit={next} key={step}>
        <Stack gap="md">
          {step === 0 && <SetupCode value={given.code} set={set} fault={faultAt("code")} />}
          {step === 1 && <You given={given} set={set} faultAt={faultAt} />}
          {step === 2 && (
            <TextInput
              label="Company"
              autoFocus
              autoComplete="organization"
              maxLength={100}
              value={given.companyName}
              onChange={(event) => set("companyName", event.currentTarget.value)}
              error={faultAt("companyName")}
            />
          )}
          {make.isError && !field && (
            <Text c="var(--bad)" size="sm" role="alert">
              {sentenceOf(make.error)}
            </Text>
          )}
          <Group justify="space-between">
            <Steps at={step} />
            <Group gap="xs">
              {step > 0 && (
                <Button variant="default" onClick={() => setStep(step - 1)}>
                  Back
                </Button>
              )}
              <Button type="submit" loading={make.isPending}>
                {step === TITLES.length - 1 ? "Open the desk" : "Continue"}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Entrance>
  );
}

type Set = (field: keyof Given, value: string) => void;

function SetupCode({ value, set, fault }: { value: string; set: Set; fault: string | undefined }) {
  return (
    <TextInput
      label="Setup code"
      description={
        <>
          The desk printed it where it was started. It is also in the file <Code>setup-code</Code> in its data
          folder.
        </>
      }
      placeholder="XXXX-XXXX-XXXX-XXXX"
      required
      autoFocus
      autoComplete="off"
      spellCheck={false}
      size="md"
      classNames={{ input: classes.code ?? "" }}
      value={value}
      onChange={(event) => set("code", event.currentTarget.value)}
      error={fault}
    />
  );
}

function You(props: { given: Given; set: Set; faultAt: (field: keyof Given) => string | undefined }) {
  const { given, set, faultAt } = props;
  return (
    <>
      <TextInput
        label="Your name"
        description="Visitors see it when you answer them."
        required
        minLength={2}
        maxLength={100}
        autoFocus
        autoComplete="name"
        value={given.name}
        onChange={(event) => set("name", event.currentTarget.value)}
        error={faultAt("name")}
      />
      <TextInput
        label="E-mail"
        type="email"
        required
        autoComplete="username"
        value={given.email}
        onChange={(event) => set("email", event.currentTarget.value)}
        error={faultAt("email")}
      />
      <PasswordInput
        label="Password"
        description="At least 8 characters; long is better than odd."
        required
        minLength={8}
        autoComplete="new-password"
        value={given.password}
        onChange={(event) => set("password", event.currentTarget.value)}
        error={faultAt("password")}
      />
    </>
  );
}

function Steps({ at }: { at: number }) {
  return (
    <Text size="sm" c="var(--faint)">
      Step {at + 1} of {TITLES.length}
    </Text>
  );
}

function fieldOf(error: Refused): string | null {
  return error.status === WRONG_CODE ? "code" : error.field;
}
