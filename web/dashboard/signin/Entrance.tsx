import { Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { Mark } from "../shell/Mark";
import classes from "./SignIn.module.css";

/** The page before one is in: a card in the middle, and nothing else. */
export function Entrance(props: { name: string; title: string; about: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.name} · AIChatDesk`;
  }, [props.name]);
  return (
    <main className={classes.place}>
      <Paper className={classes.card} withBorder radius="lg" p="xl">
        <Mark size={44} />
        <Title order={1} size="h3" mt="md">
          {props.title}
        </Title>
        <Text size="sm" c="var(--faint)" mb="lg" component="div">
          {props.about}
        </Text>
        {props.children}
      </Paper>
      <Text size="xs" c="var(--faint)" mt="lg">
        Everything stays on your own machines.
      </Text>
    </main>
  );
}
