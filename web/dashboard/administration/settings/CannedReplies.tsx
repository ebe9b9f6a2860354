import { ActionIcon, Badge, Button, Group, Kbd, Select, Text, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconSearch, IconTemplate, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation, useRoute } from "wouter";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { Copy } from "../parts/Copy";
import { DeleteDialog } from "../parts/DeleteDialog";
import parts from "../parts/parts.module.css";
import { useStays } from "../parts/useStays";
import people from "../people/people.module.css";
import { KEYS, useCannedReplies } from "../reads";
import { useMay } from "../rights";
import type { CannedReply } from "../shapes";
import { SPECIALTIES } from "../specialties";
import { CannedReplyForm } from "./CannedReplyForm";
import classes from "./settings.module.css";
import { SETTINGS_LINKS } from "./settingsLinks";

const LIST = SETTINGS_LINKS.replies.link;

export function CannedReplies() {
  const replies = useCannedReplies();
  const may = useMay();
  const [, go] = useLocation();
  const mine = may("manageCannedReplies");
  return (
    <Page
      title="Canned replies"
      about={
        <>
          Texts that are sent again and again. In a reply, type <Kbd size="xs">/</Kbd> and a few letters.
          {!mine && " Admins write them; anybody may use them."}
        </>
      }
      actions={
        mine && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(`${LIST}/new`)}>
            New canned reply
          </Button>
        )
      }
    >
      {replies.isPending && <Waiting what="Loading canned replies" />}
      {replies.isLoadingError && <Failed error={replies.error} onRetry={() => void replies.refetch()} />}
      {replies.data?.length === 0 && (
        <Empty icon={<IconTemplate size={26} />} title="No canned replies yet">
          A greeting, how to send something back, where to find an invoice: what you write often, written
          once.
        </Empty>
      )}
      {replies.data && replies.data.length > 0 && <List replies={replies.data} mine={mine} />}
      {mine && <Dialogs replies={replies.data ?? []} />}
    </Page>
  );
}

function List({ replies, mine }: { replies: CannedReply[]; mine: boolean }) {
  const [words, setWords] = useState("");
  const [category, setCategory] = useState<string | null>(null);
  const shown = replies.filter(
    (one) =>
      (!category || one.category === category) &&
      `${one.title} ${one.content} ${one.shortcut ?? ""}`.toLowerCase().includes(words.toLowerCase()),
  );
  return (
    <>
      <Group mb="md" gap="xs">
        <TextInput
          aria-label="Find canned replies"
          placeholder="Find by words or shortcut"
          leftSection={<IconSearch size={16} aria-hidden />}
          className={people.find}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          aria-label="Kind"
          placeholder="Every kind"
          clearable
          clearButtonProps={{ "aria-label": "Every kind" }}
          data={[...SPECIALTIES]}
          value={category}
          onChange={setCategory}
          w={170}
        />
      </Group>
      {shown.length === 0 ? (
        <Empty title="None like that">Try other words, or another kind.</Empty>
      ) : (
        <ul className={parts.rows} aria-label="Canned replies">
          {shown.map((reply) => (
            <Row key={reply.id} reply={reply} mine={mine} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ reply, mine }: { reply: CannedReply; mine: boolean }) {
  const [, go] = useLocation();
  const kind = SPECIALTIES.find(({ value }) => value === reply.category)?.label;
  return (
    <li className={classes.row}>
      <div className={classes.grow}>
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {reply.title}
          </Text>
          {reply.shortcut && <Kbd size="xs">/{reply.shortcut}</Kbd>}
          {kind && (
            <Badge variant="default" tt="none" fw={500}>
              {kind}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="var(--faint)" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          {reply.content}
        </Text>
        <Text size="xs" c="var(--faint)" mt={2}>
          {reply.usageCount === 1 ? "Used once" : `Used ${reply.usageCount} times`} · by {reply.createdBy}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        <Copy text={reply.content} name={reply.title} />
        {mine && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Edit ${reply.title}`}
              onClick={() => go(`${LIST}/${reply.id}/edit`)}
            >
              <IconPencil size={17} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Delete ${reply.title}`}
              onClick={() => go(`${LIST}/${reply.id}/delete`)}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </>
        )}
      </Group>
    </li>
  );
}

function Dialogs({ replies }: { replies: CannedReply[] }) {
  const [, go] = useLocation();
  const [fresh] = useRoute(`${LIST}/new`);
  const [, given] = useRoute(`${LIST}/:id/:act`);
  const close = () => go(LIST);
  const reply = useStays(
    given?.id,
    replies.find(({ id }) => id === given?.id),
  );
  if (fresh) return <CannedReplyForm reply={null} onClose={close} />;
  if (reply && given?.act === "edit") return <CannedReplyForm reply={reply} onClose={close} />;
  if (reply && given?.act === "delete") return <Delete reply={reply} onClose={close} />;
  return null;
}

function Delete({ reply, onClose }: { reply: CannedReply; onClose: () => void }) {
  return (
    <DeleteDialog
      title={`Delete ${reply.title}?`}
      does={() => ask.delete("/api/canned-responses/{response_id}", { path: { response_id: reply.id } })}
      changes={[KEYS.cannedReplies]}
      done={`${reply.title} is deleted.`}
      onClose={onClose}
    >
      Nobody can pick it any more. Messages that were sent with it stay.
    </DeleteDialog>
  );
}
