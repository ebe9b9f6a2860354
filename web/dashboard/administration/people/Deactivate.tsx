import { Text } from "@mantine/core";
import { ask } from "../../api/call";
import { FormModal } from "../parts/FormModal";
import { KEYS } from "../reads";
import type { Person } from "../shapes";
import { faultOfForm, useAct } from "../useAct";
import classes from "./people.module.css";

/** Close an account, knowing what that does. */
export function Deactivate({ person, onClose }: { person: Person; onClose: () => void }) {
  const close = useAct({
    does: () => ask.delete("/api/agents/{agent_id}", { path: { agent_id: person.id } }),
    changes: [KEYS.people, KEYS.teams],
    done: `${person.name}'s account is deactivated.`,
    onDone: onClose,
  });
  return (
    <FormModal
      title={`Deactivate ${person.name}?`}
      act="Deactivate"
      danger
      busy={close.isPending}
      fault={faultOfForm(close.error)}
      onAct={() => close.mutate()}
      onClose={onClose}
    >
      <Text size="sm">What happens:</Text>
      <ul className={classes.told}>
        <li>{person.name} is signed out everywhere at once and cannot sign in again.</li>
        <li>Chats that they have go back into the queue; what waits for them is offered to others.</li>
        <li>What they have written stays, under their name.</li>
        <li>
          The account leaves this list, and <strong>{person.email}</strong> stays taken. There is no way here
          to open it again.
        </li>
      </ul>
    </FormModal>
  );
}
