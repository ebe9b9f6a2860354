import { Text } from "@mantine/core";
import { useState } from "react";
import { ask } from "../../api/call";
import { FormModal } from "../parts/FormModal";
import { makePassword, NO_PASSWORD_YET, PasswordChoice, PasswordShown } from "../parts/PasswordChoice";
import type { Person } from "../shapes";
import { faultOf, faultOfForm, useAct } from "../useAct";

/** Give somebody another password; what they are signed in with ends. */
export function ResetPassword({ person, onClose }: { person: Person; onClose: () => void }) {
  const [choice, setChoice] = useState(NO_PASSWORD_YET);
  const [made, setMade] = useState("");
  const reset = useAct({
    does: async () => {
      const secret = choice.way === "made" ? makePassword() : choice.typed;
      await ask.post("/api/agents/{agent_id}/reset-password", {
        path: { agent_id: person.id },
        body: { newPassword: secret },
      });
      return secret;
    },
    changes: [],
    done: `${person.name} has a new password.`,
    onDone: (secret) => (choice.way === "made" ? setMade(secret) : onClose()),
  });
  if (made) return <PasswordShown name={person.name} password={made} onClose={onClose} />;
  return (
    <FormModal
      title={`New password for ${person.name}`}
      act="Set the password"
      busy={reset.isPending}
      fault={faultOfForm(reset.error, "newPassword")}
      onAct={() => reset.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        {person.name} is signed out everywhere at once, and signs in again with the new password.
      </Text>
      <PasswordChoice value={choice} onChange={setChoice} fault={faultOf(reset.error, "newPassword")} />
    </FormModal>
  );
}
