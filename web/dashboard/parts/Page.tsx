import { Container, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "../shell/title";

/** A page with its heading, what it is for, and what can be done with all of it. */
export function Page(props: {
  title: string;
  /** The part of the page that is shown, for the window's title. */
  part?: string;
  about?: ReactNode;
  /** The way back, over the heading. */
  above?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTitle(props.part ? `${props.part} · ${props.title}` : props.title);
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
          {props.above}
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            <bdi>{props.title}</bdi>
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
