import { Text } from "@mantine/core";
import classes from "./Analytics.module.css";
import type { Figure } from "./summary";

/** The main figures of a period, each with its change. */
export function Figures(props: {
  figures: readonly Figure[];
  before: string;
  /** Whether there were chats to compare with; undefined while that is not known. */
  compared: boolean | undefined;
}) {
  const { figures, before } = props;
  return (
    <section aria-label="Main figures">
      <dl className={classes.figures}>
        {figures.map((figure) => (
          <div key={figure.name} className={classes.figure}>
            <dt>{figure.name}</dt>
            <dd className={classes.value}>
              <bdi dir="ltr">{figure.value}</bdi>
            </dd>
            <dd className={classes.detail}>
              <bdi dir="ltr">{figure.detail}</bdi>
            </dd>
            {figure.change && (
              <dd
                className={classes.change}
                data-good={figure.change.good ?? undefined}
                title={`Against ${before}`}
              >
                <bdi dir="ltr">{figure.change.words}</bdi>
                <span className="unseen"> against {before}</span>
              </dd>
            )}
          </div>
        ))}
      </dl>
      <Text size="xs" c="var(--faint)" mt={6}>
        {props.compared ? `Changes are against the same time before: ${before}. ` : ""}
        {props.compared === false ? `No chat began in the same time before: ${before}. ` : ""}
        Days are those of UTC.
      </Text>
    </section>
  );
}
