import { Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Choices } from "../Choices";
import type { DocumentRow } from "../shapes";
import { kindOf, STATE_NAMES } from "../wording";
import classes from "./Documents.module.css";
import { isIn, type SortKey, type StateFilter, type View } from "./sortDocuments";

const STATES: readonly [StateFilter, string][] = [
  ["all", "All"],
  ["embedded", STATE_NAMES.embedded],
  ["pending", STATE_NAMES.pending],
  ["failed", STATE_NAMES.failed],
  ["stale", "Stale"],
];
const ORDERS: readonly [SortKey, boolean, string][] = [
  ["added", true, "Newest first"],
  ["added", false, "Oldest first"],
  ["name", false, "By name"],
  ["state", false, "By state"],
  ["passages", true, "Most passages first"],
  ["size", true, "Largest first"],
  ["kind", false, "By kind"],
  ["language", false, "By language"],
];

/** Which documents are shown: by name, by state, by kind; and in which order where there are no headings to click. */
export function Filters(props: {
  rows: readonly DocumentRow[];
  view: View;
  onView: (view: View) => void;
  narrow: boolean;
  children?: ReactNode;
}) {
  const { rows, view, onView } = props;
  const states = STATES.map(
    ([state, name]) => [state, name, rows.filter((row) => isIn(row, state)).length] as const,
  ).filter(([state, , number]) => number > 0 || state === "all" || state === view.state);
  const kinds = [...new Set(rows.map(kindOf))].sort();
  return (
    <search className={classes.filters}>
      <TextInput
        className={classes.search ?? ""}
        type="search"
        aria-label="Search by name"
        placeholder="Search by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={view.search}
        onChange={(event) => onView({ ...view, search: event.currentTarget.value })}
      />
      <Choices
        label="State"
        choices={states}
        chosen={view.state}
        onChoose={(state) => onView({ ...view, state })}
      />
      {(kinds.length > 1 || view.kind) && (
        <Select
          className={classes.pick ?? ""}
          aria-label="Kind"
          placeholder="Every kind"
          data={kinds}
          value={view.kind || null}
          onChange={(kind) => onView({ ...view, kind: kind ?? "" })}
          clearable
          clearButtonProps={{ "aria-label": "Every kind" }}
        />
      )}
      {props.narrow && (
        <Select
          className={classes.pick ?? ""}
          aria-label="Order"
          data={ORDERS.map(([, , name]) => name)}
          value={ORDERS.find(([sort, down]) => sort === view.sort && down === view.descending)?.[2] ?? null}
          onChange={(name) => {
            const order = ORDERS.find((one) => one[2] === name);
            if (order) onView({ ...view, sort: order[0], descending: order[1] });
          }}
          allowDeselect={false}
        />
      )}
      {props.children && <div className={classes.rest}>{props.children}</div>}
    </search>
  );
}
