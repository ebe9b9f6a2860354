import { Anchor, Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconWorld } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Link } from "wouter";
import { ask, sentenceOf } from "../api/call";
import { useKnowledgeChanged } from "./reads";
import type { ImportedPage } from "./shapes";
import { count, inSentence } from "./wording";

/** Reads a page of the public web into the knowledge base; says beside the field why it cannot. */
export function ImportPage({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [url, setUrl] = useState("");
  const changed = useKnowledgeChanged();
  const under = useRef<AbortController | null>(null);
  const reading = useMutation({
    mutationFn: (wanted: string) => {
      under.current = new AbortController();
      return ask.post("/api/knowledge/import-url", {
        body: { url: wanted },
        signal: under.current.signal,
      });
    },
    onSuccess: (done) => {
      changed();
      setUrl("");
      onClose();
      tell(done);
    },
  });
  const leave = () => {
    under.current?.abort();
    reading.reset();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim()) reading.mutate(url.trim());
  };
  const refused = reading.isError && !under.current?.signal.aborted;
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={<Text fw={650}>Import a web page</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <form onSubmit={submit}>
        <TextInput
          label="Address of the page"
          description="Read once, without its navigation and scripts. Public addresses only; it takes up to 15 seconds."
          placeholder="https://www.example.com/faq"
          inputMode="url"
          autoComplete="off"
          maxLength={4000}
          data-autofocus
          leftSection={<IconWorld size={18} stroke={1.6} aria-hidden />}
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            reading.reset();
          }}
          error={refused && sentenceOf(reading.error)}
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" loading={reading.isPending} disabled={!url.trim()}>
            Import
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function tell(done: ImportedPage): void {
  const kept = done.state !== "embedded";
  notifications.show({
    color: kept ? "orange" : "fern",
    title: kept ? "The page is kept" : "The page is in the knowledge base",
    autoClose: 12_000,
    message: (
      <>
        <Anchor component={Link} href={`/knowledge/documents/${done.id}`} size="sm">
          {done.title}
        </Anchor>
        {kept
          ? ` is tried again by itself: ${inSentence(done.stateReason ?? "it could not be embedded yet")}.`
          : `: ${count(done.chunks, "passage")}.`}
      </>
    ),
  });
}
