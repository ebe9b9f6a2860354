import { Group, Input, UnstyledButton } from "@mantine/core";
import { useId } from "react";
import { Contrast } from "./Contrast";
import classes from "./widget.module.css";
import { OWN_COLOUR } from "./widgetDraft";

const HEX = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;
const SOME: readonly [string, string][] = [
  ["Fern", OWN_COLOUR],
  ["Ocean", "#1d5fbf"],
  ["Violet", "#6d3fd1"],
  ["Berry", "#b3256b"],
  ["Brick", "#b4411c"],
  ["Sun", "#f2b705"],
  ["Slate", "#37474f"],
];

interface Props {
  value: string;
  onChange: (color: string) => void;
  fault: string | undefined;
}

/** The brand's colour: typed, picked, or one of ours; what can be read on it is told as it changes. */
export function ColourField({ value, onChange, fault }: Props) {
  const id = useId();
  const usable = HEX.test(value);
  return (
    <Input.Wrapper
      label="Colour"
      id={id}
      error={fault ?? (usable ? undefined : "Write it like #0b6e5f.")}
      inputWrapperOrder={["label", "input", "error"]}
    >
      <Group gap="xs">
        <Input
          id={id}
          value={value}
          maxLength={7}
          onChange={(event) => onChange(event.currentTarget.value.trim())}
          error={fault !== undefined || !usable}
          w={150}
        />
        <input
          type="color"
          className={classes.picker}
          aria-label="Pick a colour"
          value={usable ? sixDigits(value) : OWN_COLOUR}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Group gap={4} role="group" aria-label="Some colours" wrap="wrap">
          {SOME.map(([name, color]) => (
            <UnstyledButton
              key={color}
              className={classes.chip}
              style={{ background: color }}
              aria-label={name}
              aria-pressed={color === value.toLowerCase()}
              onClick={() => onChange(color)}
            />
          ))}
        </Group>
      </Group>
      {usable && <Contrast color={sixDigits(value)} />}
    </Input.Wrapper>
  );
}

function sixDigits(color: string): string {
  return color.length === 4 ? color.replace(/[0-9a-f]/gi, "$&$&") : color;
}
