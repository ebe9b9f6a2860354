import { Group, Progress, Text } from "@mantine/core";
import { paceOf, type Sample } from "./pace";
import { count, duration, percent, share } from "./words";

export interface WorkState {
  running: boolean;
  done: number;
  total: number | null;
  failed?: number;
}

/** Long work: how far it is, how fast it goes and how long it will take; all of it in words beside the bar. */
export function WorkProgress(props: {
  name: string;
  /** What is counted: "chunks". */
  unit: string;
  state: WorkState;
  samples: readonly Sample[];
}) {
  const { name, unit, state } = props;
  const part = state.total === null ? null : share(state.done, state.total);
  const words = progressWords(state, unit, props.samples);
  return (
    <section aria-label={name}>
      <Group justify="space-between" mb={6} gap="xs">
        <Text fw={600} size="sm">
          {name}
        </Text>
        <Text size="sm" c="var(--faint)" style={{ fontVariantNumeric: "tabular-nums" }}>
          {words}
        </Text>
      </Group>
      <Progress.Root size="lg">
        <Progress.Section
          value={part === null ? 0 : part * 100}
          color="fern.7"
          withAria={false}
          role="progressbar"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuetext={words}
          {...(part !== null && { "aria-valuenow": Math.round(part * 100) })}
        />
      </Progress.Root>
    </section>
  );
}

/** "1,200 of 4,000 chunks (30 %) · 35 per second · about 1 min 20 s left". */
export function progressWords(state: WorkState, unit: string, samples: readonly Sample[]): string {
  const of = state.total === null ? "" : ` of ${count(state.total)}`;
  const part = state.total === null ? "" : ` (${percent(share(state.done, state.total))})`;
  const words = [`${count(state.done)}${of} ${unit}${part}`];
  if (state.failed) words.push(`${count(state.failed)} failed`);
  if (!state.running) return words.join(" · ");
  const pace = paceOf(samples, state.total);
  if (pace)
    words.push(`${pace.perSecond >= 10 ? Math.round(pace.perSecond) : pace.perSecond.toFixed(1)} per second`);
  if (pace && pace.secondsLeft !== null) words.push(`about ${duration(pace.secondsLeft)} left`);
  return words.join(" · ");
}
