import { Container, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "../shell/title";

/** A page with its heading, what it is for, and what can be done with all of it. */
export function Page(props: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTitle(props.title);
  return (
    <Container
      component="main"
      size={props.wide ? 1400 : 1040}
      w="100%"
      py="lg"
      px="lg"
      id="main"
      tabIndex={-1}
    >
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <div>
          <Title order={1} size="h2">
            {props.title}
          </Title>
          {props.about && (
            <Text c="var(--faint)" size="sm" mt={4} maw={640} component="div">
              {props.about}
            </Text>
          )}
        </div>
        {props.actions && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.children}
    </Container>
  );
}
