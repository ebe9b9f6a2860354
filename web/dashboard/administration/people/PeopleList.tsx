import { Avatar, Badge, Button, Group, Select, Text, TextInput } from "@mantine/core";
import { IconPlus, IconSearch, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation, useRoute } from "wouter";
import { useSignedIn } from "../../api/session";
import { Empty, Failed, Waiting } from "../../parts/States";
import { Moment } from "../parts/Moment";
import parts from "../parts/parts.module.css";
import { useStays } from "../parts/useStays";
import { usePeople } from "../reads";
import { ROLES } from "../rights";
import type { Person } from "../shapes";
import { Deactivate } from "./Deactivate";
import { initials } from "./initials";
import { PersonForm } from "./PersonForm";
import { PersonMenu } from "./PersonMenu";
import classes from "./people.module.css";
import { ResetPassword } from "./ResetPassword";

const LIST = "/people";

export function PeopleList() {
  const people = usePeople();
  const [, go] = useLocation();
  const [words, setWords] = useState("");
  const [role, setRole] = useState<string | null>(null);
  if (people.isPending) return <Waiting what="Loading people" />;
  if (people.isLoadingError) return <Failed error={people.error} onRetry={() => void people.refetch()} />;
  const shown = people.data.filter((one) => (!role || one.systemRole === role) && isAbout(one, words));
  return (
    <>
      <Group mb="md" gap="xs">
        <TextInput
          aria-label="Find people"
          placeholder="Find by name, address or team"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          className={classes.find}
        />
        <Select
          aria-label="Role"
          placeholder="Every role"
          clearable
          clearButtonProps={{ "aria-label": "Every role" }}
          data={ROLES.map(({ value, label }) => ({ value, label }))}
          value={role}
          onChange={setRole}
          w={150}
        />
        <Button ms="auto" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(`${LIST}/new`)}>
          New person
        </Button>
      </Group>
      {shown.length === 0 ? (
        <Empty icon={<IconUsers size={26} />} title="Nobody here">
          {people.data.length === 0
            ? "The people of your teams appear here. Invite a colleague, or make an account for one."
            : "Nobody has that name, address, team or role."}
        </Empty>
      ) : (
        <ul className={parts.rows} aria-label="People">
          {shown.map((person) => (
            <Row key={person.id} person={person} />
          ))}
        </ul>
      )}
      <Dialogs people={people.data} />
    </>
  );
}

function Row({ person }: { person: Person }) {
  const me = useSignedIn();
  return (
    <li className={classes.person}>
      <Avatar color="fern" size={38} aria-hidden>
        {initials(person.name)}
      </Avatar>
      <div className={classes.who}>
        <Text fw={600} truncate>
          {person.name}
          {person.id === me.id && (
            <Text span c="var(--faint)" fw={400} size="sm">
              {" "}
              (you)
            </Text>
          )}
        </Text>
        <Text size="sm" c="var(--faint)" truncate>
          {person.email}
        </Text>
      </div>
      <div className={classes.role}>
        <Badge variant={person.systemRole === "agent" ? "default" : "light"} tt="none">
          {ROLES.find(({ value }) => value === person.systemRole)?.label}
        </Badge>
      </div>
      <div className={classes.teams}>
        {person.roles.map((team) => (
          <Badge key={team} variant="default" tt="none" fw={500}>
            {team}
          </Badge>
        ))}
        {person.managerName && (
          <Text size="xs" c="var(--faint)">
            under {person.managerName}
          </Text>
        )}
      </div>
      <Text size="sm" c="var(--faint)" className={classes.state} component="div">
        <span className={classes.dot} data-state={person.status} aria-hidden />
        {STATUS[person.status] ?? person.status}
        <Text size="xs" component="div">
          {person.lastLogin ? (
            <>
              signed in <Moment at={person.lastLogin} />
            </>
          ) : (
            "never signed in"
          )}
        </Text>
      </Text>
      <PersonMenu person={person} />
    </li>
  );
}

const STATUS: Record<string, string> = { online: "At the desk", away: "Away", offline: "Offline" };

function Dialogs({ people }: { people: Person[] }) {
  const [, go] = useLocation();
  const [fresh] = useRoute("/people/new");
  const [, given] = useRoute("/people/:id/:act");
  const close = () => go(LIST);
  const person = useStays(
    given?.id,
    people.find(({ id }) => id === given?.id),
  );
  if (fresh) return <PersonForm person={null} people={people} onClose={close} />;
  if (!person) return null;
  if (given?.act === "edit") return <PersonForm person={person} people={people} onClose={close} />;
  if (given?.act === "password") return <ResetPassword person={person} onClose={close} />;
  if (given?.act === "deactivate") return <Deactivate person={person} onClose={close} />;
  return null;
}

function isAbout(person: Person, words: string): boolean {
  const told = [person.name, person.email, ...person.roles].join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}
