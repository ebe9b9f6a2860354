import { Group, Switch, Text, TextInput } from "@mantine/core";
import type { DeskSettings, Weekday } from "../shapes";
import classes from "./settings.module.css";

const DAYS: readonly [Weekday, string][] = [
  ["mon", "Monday"],
  ["tue", "Tuesday"],
  ["wed", "Wednesday"],
  ["thu", "Thursday"],
  ["fri", "Friday"],
  ["sat", "Saturday"],
  ["sun", "Sunday"],
];
const USUAL: [string, string] = ["09:00", "17:00"];
const MIDNIGHT = "24:00";

export type Week = Record<Weekday, [string, string] | null>;

/** Every day of a week, from what is stored; nothing stored is nine to five on weekdays. */
export function toHours(stored: DeskSettings["calendarHours"]): Week {
  const week = DAYS.map(([day], at) => [day, stored ? (stored[day] ?? null) : at < 5 ? USUAL : null]);
  return Object.fromEntries(week) as Week;
}

/** As the desk keeps it: days off are left out. */
export function fromHours(week: Week): NonNullable<DeskSettings["calendarHours"]> {
  return Object.fromEntries(Object.entries(week).filter(([, hours]) => hours));
}

export function Hours(props: { value: Week; onChange: (week: Week) => void; fault: string | undefined }) {
  const set = (day: Weekday, hours: [string, string] | null) =>
    props.onChange({ ...props.value, [day]: hours });
  return (
    <>
      {DAYS.map(([day, name]) => {
        const hours = props.value[day];
        return (
          <div key={day} className={classes.day}>
            <Switch
              label={name}
              checked={hours !== null}
              onChange={(event) => set(day, event.currentTarget.checked ? USUAL : null)}
            />
            {hours ? (
              <Group gap="xs" wrap="nowrap">
                <Time
                  label={`${name} from`}
                  value={hours[0]}
                  onChange={(time) => set(day, [time, hours[1]])}
                />
                <Text size="sm">to</Text>
                <Time
                  label={`${name} to`}
                  value={hours[1]}
                  end
                  onChange={(time) => set(day, [hours[0], time])}
                />
              </Group>
            ) : (
              <Text size="sm" c="var(--faint)">
                Day off
              </Text>
            )}
          </div>
        );
      })}
      {props.fault && (
        <Text size="sm" c="var(--bad)" role="alert" mt="sm">
          {props.fault}
        </Text>
      )}
    </>
  );
}

// A browser's clock ends at 23:59; midnight at a day's end is its 00:00.
function Time(props: { label: string; value: string; end?: boolean; onChange: (time: string) => void }) {
  return (
    <TextInput
      type="time"
      size="xs"
      aria-label={props.label}
      value={props.value === MIDNIGHT ? "00:00" : props.value}
      onChange={(event) => {
        const time = event.currentTarget.value;
        props.onChange(props.end && time === "00:00" ? MIDNIGHT : time);
      }}
    />
  );
}
