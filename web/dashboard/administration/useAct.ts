// Doing something that changes the desk: what it changed is read again, and its success is said.

import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Refused } from "../../protocol/refused";
import { sentenceOf } from "../api/call";

interface Wanted<Given, Got> {
  does: (given: Given) => Promise<Got>;
  /** Keys of what is read again. */
  changes: readonly (readonly string[])[];
  /** What is said when it is done. */
  done?: string | ((got: Got, given: Given) => string);
  onDone?: (got: Got, given: Given) => void;
  /** Say a failure in a corner too; for acts without a form that shows it. */
  tell?: boolean;
}

export function useAct<Given = void, Got = unknown>(wanted: Wanted<Given, Got>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: wanted.does,
    onSuccess: async (got, given) => {
      await Promise.all(wanted.changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
      const said = typeof wanted.done === "function" ? wanted.done(got, given) : wanted.done;
      if (said) notifications.show({ message: said, color: "fern" });
      wanted.onDone?.(got, given);
    },
    onError: (error) => {
      if (wanted.tell) notifications.show({ message: sentenceOf(error), color: "red", autoClose: 8000 });
    },
  });
}

/** The sentence of an error that belongs beside one of these fields; undefined if it is not about them. */
export function faultOf(error: unknown, ...fields: string[]): string | undefined {
  if (!(error instanceof Refused) || !error.field || !fields.includes(error.field)) return undefined;
  // Beside the field, its name on the wire tells people nothing more.
  const said = error.message.replace(`${error.field}: `, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** The sentence of an error that no field of the form shows. */
export function faultOfForm(error: unknown, ...fields: string[]): string | undefined {
  return error && !faultOf(error, ...fields) ? sentenceOf(error) : undefined;
}
