import { Alert, Fieldset } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** A form that whoever may not change it can read. */
export function ReadOnly({ locked, children }: { locked: boolean; children: ReactNode }) {
  return (
    <>
      {locked && (
        <Alert variant="light" color="gray" icon={<IconLock size={18} />} mb="md" p="sm">
          You can see this. Admins change it.
        </Alert>
      )}
      <Fieldset variant="unstyled" disabled={locked} p={0} m={0} miw={0}>
        {children}
      </Fieldset>
    </>
  );
}
