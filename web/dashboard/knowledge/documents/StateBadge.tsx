import { Badge, Text } from "@mantine/core";
import type { DocumentRow } from "../shapes";
import { asSentence, inSentence, STATE_NAMES } from "../wording";
import classes from "./Documents.module.css";

type Stated = Pick<DocumentRow, "state" | "stateReason" | "stale" | "staleReason">;

/** Whether a document can be found, and why not or why it should be embedded again. */
export function StateBadge({ of: { state, stateReason, stale, staleReason } }: { of: Stated }) {
  return (
    <div className={classes.state}>
      <span className={classes.badges}>
        <Badge variant="light" tt="none" className={classes[state] ?? ""}>
          {STATE_NAMES[state]}
        </Badge>
        {stale && (
          <Badge variant="light" tt="none" className={classes.stale ?? ""}>
            Stale
          </Badge>
        )}
      </span>
      {state === "failed" && stateReason && (
        <Text size="xs" c="var(--bad)">
          {asSentence(stateReason)} It is tried again by itself.
        </Text>
      )}
      {stale && staleReason && (
        <Text size="xs" c="var(--faint)">
          Stale: {inSentence(staleReason)}.
        </Text>
      )}
    </div>
  );
}
