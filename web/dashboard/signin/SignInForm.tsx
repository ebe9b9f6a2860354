import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ask, sentenceOf } from "../api/call";
import type { Me } from "../api/session";

/** E-mail and password; `email` is filled in already for somebody who has been here. */
export function SignInForm({ email, onSignedIn }: { email?: string; onSignedIn: (me: Me) => void }) {
  const signIn = useMutation({
    mutationFn: (who: { email: string; password: string }) => ask.post("/api/agents/login", { body: who }),
    onSuccess: ({ agent }) => onSignedIn(agent),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={email}
          autoFocus={!email}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          autoFocus={Boolean(email)}
          data-autofocus={email ? true : undefined}
        />
        {signIn.isError && (
          <Text c="var(--bad)" size="sm" role="alert">
            {sentenceOf(signIn.error)}
          </Text>
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth size="md">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
