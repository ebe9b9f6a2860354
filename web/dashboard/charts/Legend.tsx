import { Group, Text } from "@mantine/core";
import classes from "./charts.module.css";
import type { Tone } from "./tones";

export interface LegendItem {
  name: string;
  tone: Tone;
  /** A line with its dashes, in place of an area. */
  line?: boolean;
}

/** Which is which: by colour and by pattern, so that neither is needed alone. */
export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <Group gap="md" mb={8}>
      {items.map((item) => (
        <Group key={item.name} gap={6} wrap="nowrap">
          <span
            className={classes.swatch}
            data-tone={item.tone}
            data-line={item.line || undefined}
            aria-hidden
          />
          <Text size="xs" span>
            {item.name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
