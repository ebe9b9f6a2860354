import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { ask, sentenceOf } from "../api/call";
import { ME, type Me } from "../api/session";
import { Mark } from "../shell/Mark";
import classes from "./SignIn.module.css";

export function SignIn() {
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: (who: { email: string; password: string }) =>
      ask.post<{ agent: Me }>("/api/agents/login", { body: who }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ME }),
  });
  useEffect(() => {
    document.title = "Sign in · AIChatDesk";
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  return (
    <main className={classes.place}>
      <Paper component="form" className={classes.card} onSubmit={submit} withBorder radius="lg" p="xl">
        <Mark size={44} />
        <Title order={1} size="h3" mt="md">
          Welcome back
        </Title>
        <Text size="sm" c="var(--faint)" mb="lg">
          Sign in to your desk.
        </Text>
        <Stack gap="md">
          <TextInput label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required />
          {signIn.isError && (
            <Text c="var(--bad)" size="sm" role="alert">
              {sentenceOf(signIn.error)}
            </Text>
          )}
          <Button type="submit" loading={signIn.isPending} fullWidth size="md">
            Sign in
          </Button>
        </Stack>
      </Paper>
      <Text size="xs" c="var(--faint)" mt="lg">
        Everything stays on your own machines.
      </Text>
    </main>
  );
}
