import { ActionIcon, Badge, Button, Group, Text } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useLocation, useRoute } from "wouter";
import { ask } from "../../api/call";
import { useSignedIn } from "../../api/session";
import { Empty, Failed, Waiting } from "../../parts/States";
import { DeleteDialog } from "../parts/DeleteDialog";
import { useStays } from "../parts/useStays";
import { KEYS, useTeams } from "../reads";
import { useMay } from "../rights";
import type { Team } from "../shapes";
import classes from "./people.module.css";
import { TeamForm } from "./TeamForm";

const LIST = "/people/teams";

export function Teams() {
  const teams = useTeams();
  const may = useMay();
  const [, go] = useLocation();
  if (teams.isPending) return <Waiting what="Loading teams" />;
  if (teams.isLoadingError) return <Failed error={teams.error} onRetry={() => void teams.refetch()} />;
  return (
    <>
      {may("manageTeams") && (
        <Group justify="flex-end" mb="md">
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(`${LIST}/new`)}>
            New team
          </Button>
        </Group>
      )}
      {teams.data.length === 0 ? (
        <Empty icon={<IconUsersGroup size={26} />} title="No teams yet">
          A small desk needs none. With teams, managers look after their own people.
        </Empty>
      ) : (
        <ul className={classes.cards} aria-label="Teams">
          {teams.data.map((team) => (
            <Card key={team.id} team={team} />
          ))}
        </ul>
      )}
      <Dialogs teams={teams.data} />
    </>
  );
}

function Card({ team }: { team: Team }) {
  const me = useSignedIn();
  const may = useMay();
  const [, go] = useLocation();
  const mine = may("manageTeams") || team.managerId === me.id;
  return (
    <li className={classes.card}>
      <Group wrap="nowrap" gap="sm" align="flex-start">
        <span className={classes.icon} aria-hidden>
          {team.icon}
        </span>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {team.name}
          </Text>
          <Text size="sm" c="var(--faint)">
            {team.managerName ? `Led by ${team.managerName}` : "Nobody leads it"}
          </Text>
        </div>
        <Badge variant="default" tt="none">
          {team.agentCount === 1 ? "1 person" : `${team.agentCount} people`}
        </Badge>
      </Group>
      {team.description && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {team.description}
        </Text>
      )}
      {mine && (
        <Group gap={4} mt="auto" justify="flex-end">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Edit ${team.name}`}
            onClick={() => go(`${LIST}/${team.id}/edit`)}
          >
            <IconPencil size={17} />
          </ActionIcon>
          {may("manageTeams") && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Delete ${team.name}`}
              onClick={() => go(`${LIST}/${team.id}/delete`)}
            >
              <IconTrash size={17} />
            </ActionIcon>
          )}
        </Group>
      )}
    </li>
  );
}

function Dialogs({ teams }: { teams: Team[] }) {
  const [, go] = useLocation();
  const [fresh] = useRoute(`${LIST}/new`);
  const [, given] = useRoute(`${LIST}/:id/:act`);
  const close = () => go(LIST);
  const team = useStays(
    given?.id,
    teams.find(({ id }) => id === given?.id),
  );
  if (fresh) return <TeamForm team={null} onClose={close} />;
  if (team && given?.act === "edit") return <TeamForm team={team} onClose={close} />;
  if (team && given?.act === "delete") return <DeleteTeam team={team} onClose={close} />;
  return null;
}

function DeleteTeam({ team, onClose }: { team: Team; onClose: () => void }) {
  return (
    <DeleteDialog
      title={`Delete the team ${team.name}?`}
      does={() => ask.delete("/api/agents/roles/{team_id}", { path: { team_id: team.id } })}
      changes={[KEYS.teams, KEYS.people, KEYS.invites]}
      done={`The team ${team.name} is deleted.`}
      onClose={onClose}
    >
      Its people keep their accounts and leave the team; who leads them only through this team leads them no
      more. Invites to it still work, without the team.
    </DeleteDialog>
  );
}
