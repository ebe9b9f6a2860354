import { Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { Mark } from "../shell/Mark";
import classes from "./SignIn.module.css";

interface Said {
  about: ReactNode;
  children: ReactNode;
}

/** The page before one is in: a card in the middle, and nothing else. */
export function Entrance({ name, title, ...said }: Said & { name: string; title: string }) {
  useEffect(() => {
    document.title = `${name} · AIChatDesk`;
  }, [name]);
  return (
    <main className={classes.place}>
      <EntranceCard
        heading={
          <Title order={1} size="h3" mt="md">
            {title}
          </Title>
        }
        {...said}
      />
    </main>
  );
}

/** What one has to give to come in. */
export function EntranceCard({ heading, about, children }: Said & { heading: ReactNode }) {
  return (
    <>
      <Paper className={classes.card} withBorder radius="lg" p="xl">
        <Mark size={44} />
        {heading}
        <Text size="sm" c="var(--faint)" mb="lg" component="div">
          {about}
        </Text>
        {children}
      </Paper>
      <Text size="xs" c="var(--faint)" mt="lg">
        Everything stays on your own machines.
      </Text>
    </>
  );
}
