import { Button, Code, Group } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "./copyText";
import classes from "./parts.module.css";

const SHOWN_FOR = 2000;

/** Copies a text; `name` says which, for those who do not see what stands beside it. */
export function Copy(props: {
  text: string;
  name: string;
  label?: string;
  onCopied?: () => void;
  variant?: string;
}) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    const copied = await copyText(props.text);
    setState(copied ? "copied" : "failed");
    if (copied) props.onCopied?.();
  };
  const words = {
    idle: props.label ?? "Copy",
    copied: "Copied",
    failed: "Select the text and copy it yourself",
  };
  return (
    <Button
      size="compact-sm"
      variant={props.variant ?? "default"}
      onClick={() => void copy()}
      aria-label={state === "idle" ? `Copy ${props.name}` : words[state]}
      leftSection={
        state === "copied" ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />
      }
    >
      <span aria-live="polite">{words[state]}</span>
    </Button>
  );
}

/** A text to copy, with its button. */
export function CopyLine({ text, name }: { text: string; name: string }) {
  return (
    <Group gap="xs" wrap="nowrap" className={classes.copyLine}>
      <Code className={classes.copyText}>{text}</Code>
      <Copy text={text} name={name} />
    </Group>
  );
}
