import { Button, Group } from "@mantine/core";
import { IconAlertCircle, IconClock, IconLock } from "@tabler/icons-react";
import { Attachments } from "./Attachments";
import classes from "./Lines.module.css";
import { LinkedText } from "./LinkedText";
import { Moment } from "./Moment";
import type { Pending } from "./replies";

const STATES: Record<Pending["delivery"], string> = {
  sending: "Sending …",
  sent: "Sent",
  waiting: "Waits for the connection",
  refused: "Not sent",
};

/** A message that is not in the log yet. */
export function PendingLine(props: {
  line: Pending;
  name: string;
  onEdit: (line: Pending) => void;
  onDrop: (line: Pending) => void;
}) {
  const { line } = props;
  const refused = line.delivery === "refused";
  return (
    <div className={`${classes.line} ${line.internal ? classes.note : classes.agent} ${classes.pending}`}>
      <div className={classes.who}>
        {line.internal && <IconLock size={13} aria-hidden />}
        <span>{line.internal ? `Internal note · ${props.name}` : props.name}</span>
        <Moment at={line.at} />
        <span className={refused ? classes.refused : classes.state}>
          {refused ? <IconAlertCircle size={13} aria-hidden /> : <IconClock size={13} aria-hidden />}
          {STATES[line.delivery]}
        </span>
      </div>
      <div className={classes.words} dir="auto">
        <LinkedText text={line.text} />
      </div>
      <Attachments files={line.attachments ?? []} />
      {refused && (
        <div role="alert">
          <p className={classes.refused}>{line.error}</p>
          <Group gap="xs">
            <Button size="compact-xs" variant="default" onClick={() => props.onEdit(line)}>
              Write it again
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => props.onDrop(line)}>
              Throw it away
            </Button>
          </Group>
        </div>
      )}
    </div>
  );
}
