import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { faultOfForm, useAct } from "../useAct";
import { FormModal } from "./FormModal";

/** Asks before something is deleted; `children` says what becomes of what hangs on it. */
export function DeleteDialog(props: {
  title: string;
  does: () => Promise<unknown>;
  /** Keys of what is read again. */
  changes: readonly (readonly string[])[];
  done: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { does, changes, done, onClose } = props;
  const remove = useAct({ does, changes, done, onDone: onClose });
  return (
    <FormModal
      title={props.title}
      act="Delete"
      danger
      busy={remove.isPending}
      fault={faultOfForm(remove.error)}
      onAct={() => remove.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{props.children}</Text>
    </FormModal>
  );
}
