import { Badge, Code, Group, Text, ThemeIcon, Title } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./settings.module.css";

/** A service that can be switched on, with what that needs. */
export function Service(props: {
  icon: TablerIcon;
  name: string;
  on: boolean;
  trouble?: string | null;
  settings: string[];
  guide: string;
  off: string;
  children: ReactNode;
}) {
  const { on, trouble = null } = props;
  return (
    <Card
      icon={props.icon}
      name={props.name}
      state={on ? (trouble ?? "On") : "Off"}
      tone={on ? (trouble ? "bad" : "good") : "off"}
    >
      <Text size="sm" component="div">
        {on ? props.children : props.off}
      </Text>
      {!on && (
        <>
          <Text size="sm" c="var(--faint)">
            To switch it on, set these where the desk runs and start it again:
          </Text>
          <div className={classes.names}>
            {props.settings.map((name) => (
              <Code key={name}>{name}</Code>
            ))}
          </div>
        </>
      )}
      <Text size="xs" c="var(--faint)" mt="auto">
        Guide: docs/guide/{props.guide}
      </Text>
    </Card>
  );
}

/** One thing that the desk works with, and its state in words. */
export function Card(props: {
  icon: TablerIcon;
  name: string;
  state: string;
  tone: "good" | "bad" | "off";
  children: ReactNode;
}) {
  const colours = { good: "fern", bad: "red", off: "gray" };
  return (
    <section className={classes.state} aria-label={props.name}>
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon
          variant="light"
          color={props.tone === "off" ? "gray" : "fern"}
          size={34}
          radius="md"
          aria-hidden
        >
          <props.icon size={19} stroke={1.7} />
        </ThemeIcon>
        <Title order={3} size="h6" flex={1}>
          {props.name}
        </Title>
        <Badge color={colours[props.tone]} variant="light" tt="none">
          {props.state}
        </Badge>
      </Group>
      {props.children}
    </section>
  );
}
