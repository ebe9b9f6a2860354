import { Badge, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useLocation } from "wouter";
import { Refused } from "../../protocol/refused";
import type { Reply } from "../../protocol/routes";
import { ask, sentenceOf } from "../api/call";
import { ME, useMe } from "../api/session";
import { Failed, Waiting } from "../parts/States";
import { Entrance } from "./Entrance";

/** Where an invite leads: somebody makes their own account, and is in. */
export function Join({ code }: { code: string }) {
  const me = useMe();
  const invite = useQuery({
    queryKey: ["invite", code],
    queryFn: () => ask.get("/api/agents/signup/{code}", { path: { code } }),
    retry: false,
  });
  if (me.isPending || invite.isPending) return <Waiting what="Looking at your invite" />;
  if (me.data) return <HereAlready name={me.data.name} />;
  if (invite.isSuccess) return <SignUp code={code} invited={invite.data} />;
  if (invite.error instanceof Refused && !invite.error.passing)
    return <NoUse sentence={invite.error.message} />;
  return <Failed error={invite.error} onRetry={() => void invite.refetch()} />;
}

function SignUp({ code, invited }: { code: string; invited: Reply<"get", "/api/agents/signup/{code}"> }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const join = useMutation({
    mutationFn: async (who: { name: string; email: string; password: string }) => {
      await ask.post("/api/agents/signup/{code}", { path: { code }, body: who });
      await ask.post("/api/agents/login", { body: { email: who.email, password: who.password } });
    },
    onSuccess: async () => {
      go("/inbox", { replace: true });
      await queries.invalidateQueries({ queryKey: ME });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, email, password] = ["name", "email", "password"].map((field) => String(form.get(field)));
    join.mutate({ name: name ?? "", email: email ?? "", password: password ?? "" });
  };
  const field = join.error instanceof Refused ? join.error.field : null;
  const faultAt = (name: string) => (field === name ? sentenceOf(join.error) : undefined);
  return (
    <Entrance
      name="Join"
      title="You are invited"
      about={
        <>
          Make your account at this support desk.
          {(invited.label || invited.roles.length > 0) && (
            <Group gap={6} mt="xs">
              {invited.label && <span>{invited.label}</span>}
              {invited.roles.map((team) => (
                <Badge key={team} variant="default" tt="none" fw={500}>
                  {team}
                </Badge>
              ))}
            </Group>
          )}
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Your name"
            description="Visitors see it when you answer them."
            name="name"
            required
            minLength={2}
            maxLength={100}
            autoFocus
            autoComplete="name"
            error={faultAt("name")}
          />
          <TextInput
            label="E-mail"
            name="email"
            type="email"
            required
            autoComplete="username"
            error={faultAt("email")}
          />
          <PasswordInput
            label="Password"
            name="password"
            description="At least 8 characters; long is better than odd."
            required
            minLength={8}
            autoComplete="new-password"
            error={faultAt("password")}
          />
          {join.isError && !field && (
            <Text c="var(--bad)" size="sm" role="alert">
              {sentenceOf(join.error)}
            </Text>
          )}
          <Button type="submit" loading={join.isPending} fullWidth size="md">
            Make my account
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}

function NoUse({ sentence }: { sentence: string }) {
  const [, go] = useLocation();
  return (
    <Entrance
      name="Join"
      title="This invite does not work"
      about={`${sentence}. Ask whoever sent it for a new one.`}
    >
      <Button variant="default" fullWidth onClick={() => go("/")}>
        Sign in instead
      </Button>
    </Entrance>
  );
}

function HereAlready({ name }: { name: string }) {
  const [, go] = useLocation();
  return (
    <Entrance
      name="Join"
      title="You have an account"
      about={`You are signed in as ${name}. An invite makes a new account: to use it, sign out first.`}
    >
      <Button fullWidth onClick={() => go("/inbox")}>
        To the inbox
      </Button>
    </Entrance>
  );
}
