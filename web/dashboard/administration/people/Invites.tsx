import { Badge, Button, Group, Text } from "@mantine/core";
import { IconLink, IconPlus } from "@tabler/icons-react";
import { useLocation, useRoute } from "wouter";
import { ask } from "../../api/call";
import { Empty, Failed, Waiting } from "../../parts/States";
import { CopyLine } from "../parts/Copy";
import { FormModal } from "../parts/FormModal";
import { ahead, exactly, Moment } from "../parts/Moment";
import parts from "../parts/parts.module.css";
import { useStays } from "../parts/useStays";
import { KEYS, useInvites } from "../reads";
import type { Invite } from "../shapes";
import { faultOfForm, useAct } from "../useAct";
import { InviteForm } from "./InviteForm";
import { joinLink } from "./joinLink";
import classes from "./people.module.css";

const LIST = "/people/invites";

export function Invites() {
  const invites = useInvites();
  const [, go] = useLocation();
  if (invites.isPending) return <Waiting what="Loading invites" />;
  if (invites.isLoadingError) return <Failed error={invites.error} onRetry={() => void invites.refetch()} />;
  return (
    <>
      <Group justify="flex-end" mb="md">
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(`${LIST}/new`)}>
          Invite a colleague
        </Button>
      </Group>
      {invites.data.length === 0 ? (
        <Empty icon={<IconLink size={26} />} title="No invites">
          Make a link and send it to a colleague: they choose their own password.
        </Empty>
      ) : (
        <ul className={parts.rows} aria-label="Invites">
          {invites.data.map((invite) => (
            <Row key={invite.id} invite={invite} />
          ))}
        </ul>
      )}
      <Dialogs invites={invites.data} />
    </>
  );
}

function Row({ invite }: { invite: Invite }) {
  const [, go] = useLocation();
  const over = whyOver(invite);
  return (
    <li className={classes.invite}>
      <Group gap="xs">
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {invite.label || "Invite"}
        </Text>
        {over && (
          <Badge color="gray" variant="light" tt="none">
            {over}
          </Badge>
        )}
        {invite.roles.map((team) => (
          <Badge key={team} variant="default" tt="none" fw={500}>
            {team}
          </Badge>
        ))}
        <Button
          ms="auto"
          size="compact-sm"
          variant="default"
          onClick={() => go(`${LIST}/${invite.id}/take-back`)}
          aria-label={`Take back ${invite.label || "the invite"}`}
        >
          Take back
        </Button>
      </Group>
      {!over && (
        <CopyLine text={joinLink(invite.code)} name={`the link of ${invite.label || "the invite"}`} />
      )}
      <div className={classes.facts}>
        <span>
          {invite.maxUses
            ? `${invite.usedCount} of ${invite.maxUses} used`
            : `${invite.usedCount} used, no limit`}
        </span>
        <span title={invite.expiresAt ? exactly(invite.expiresAt) : undefined}>{ending(invite)}</span>
        <span>
          made <Moment at={invite.createdAt} />
        </span>
      </div>
    </li>
  );
}

function whyOver(invite: Invite): string | null {
  if (invite.maxUses && invite.usedCount >= invite.maxUses) return "Used up";
  return invite.expiresAt && !ahead(invite.expiresAt) ? "Expired" : null;
}

function ending({ expiresAt }: Invite): string {
  if (!expiresAt) return "never ends";
  const left = ahead(expiresAt);
  return left ? `ends ${left}` : "has ended";
}

function Dialogs({ invites }: { invites: Invite[] }) {
  const [, go] = useLocation();
  const [fresh] = useRoute(`${LIST}/new`);
  const [, given] = useRoute(`${LIST}/:id/take-back`);
  const close = () => go(LIST);
  const invite = useStays(
    given?.id,
    invites.find(({ id }) => id === given?.id),
  );
  if (fresh) return <InviteForm onClose={close} />;
  return invite ? <TakeBack invite={invite} onClose={close} /> : null;
}

function TakeBack({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  const end = useAct({
    does: () => ask.delete("/api/agents/invite-links/{invite_id}", { path: { invite_id: invite.id } }),
    changes: [KEYS.invites],
    done: "The invite is taken back.",
    onDone: onClose,
  });
  return (
    <FormModal
      title={`Take back ${invite.label || "this invite"}?`}
      act="Take back"
      danger
      busy={end.isPending}
      fault={faultOfForm(end.error)}
      onAct={() => end.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        The link stops working at once. Accounts that were made with it stay; you can deactivate them one by
        one.
      </Text>
    </FormModal>
  );
}
