// What a screen shows when it has nothing to show yet.

import { Alert, Button, Center, Loader, Stack, Text, ThemeIcon } from "@mantine/core";
import type { ReactNode } from "react";
import { sentenceOf } from "../api/call";

/** Waiting for the desk; says so to a screen reader. */
export function Waiting({ what = "Loading" }: { what?: string }) {
  return (
    <Center mih={160} role="status">
      <Loader size="sm" />
      <Text ms="sm" c="var(--faint)" size="sm">
        {what} …
      </Text>
    </Center>
  );
}

/** Nothing is there: what would be here, and what to do about it. */
export function Empty(props: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      {props.icon && (
        <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
          {props.icon}
        </ThemeIcon>
      )}
      <Text fw={600}>{props.title}</Text>
      {props.children && (
        <Text size="sm" c="var(--faint)" maw={420} component="div">
          {props.children}
        </Text>
      )}
    </Stack>
  );
}

/** It could not be read; trying again is one click. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Alert color="red" variant="light" role="alert" title="This could not be shown" m="md">
      <Text size="sm">{sentenceOf(error)}</Text>
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
