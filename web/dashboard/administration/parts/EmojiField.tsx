import { Group, TextInput, UnstyledButton } from "@mantine/core";
import classes from "./parts.module.css";

const OFTEN = ["💬", "🛒", "💳", "🚚", "🔧", "📦", "🧾", "🔑", "🐞", "💡", "❓", "⭐"];

/** One emoji; left empty, the desk's model picks one. */
export function EmojiField(props: {
  value: string;
  onChange: (icon: string) => void;
  fault: string | undefined;
}) {
  return (
    <div>
      <TextInput
        label="Icon"
        description="One emoji. Leave it empty and the desk picks one that fits."
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        error={props.fault}
        maxLength={16}
      />
      <Group gap={2} mt={6} role="group" aria-label="Icons that are used often">
        {OFTEN.map((icon) => (
          <UnstyledButton
            key={icon}
            className={classes.emoji}
            aria-label={`Icon ${icon}`}
            aria-pressed={icon === props.value}
            onClick={() => props.onChange(icon)}
          >
            {icon}
          </UnstyledButton>
        ))}
      </Group>
    </div>
  );
}
