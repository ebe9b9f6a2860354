import { Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** One subject of a settings page. */
export function Section(props: { title: string; about?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder radius="lg" p="lg" mb="md" aria-labelledby={id}>
      <Title order={2} size="h5" id={id}>
        {props.title}
      </Title>
      {props.about && (
        <Text size="sm" c="var(--faint)" mt={2} component="div">
          {props.about}
        </Text>
      )}
      <div style={{ marginTop: 16 }}>{props.children}</div>
    </Paper>
  );
}
