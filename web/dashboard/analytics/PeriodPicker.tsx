import { Group, SegmentedControl, TextInput } from "@mantine/core";
import { useSearchParams } from "wouter";
import { type Chosen, PRESETS } from "./period";

/** Choose 7, 30 or 90 days, or dates; the choice is kept in the address. */
export function PeriodPicker({ chosen, today }: { chosen: Chosen; today: string }) {
  const [, go] = useSearchParams();
  const own = "fault" in chosen || chosen.preset === null;
  const fault = "fault" in chosen ? chosen.fault : null;
  const choose = (value: string) =>
    go(value === "own" ? { from: chosen.from, to: chosen.to } : { days: value }, { replace: true });
  const set = (field: "from" | "to") => (event: { currentTarget: HTMLInputElement }) =>
    go({ from: chosen.from, to: chosen.to, [field]: event.currentTarget.value }, { replace: true });
  return (
    <Group gap="sm" align="flex-start">
      <SegmentedControl
        aria-label="Period"
        transitionDuration={0}
        value={own ? "own" : String(chosen.preset)}
        onChange={choose}
        data={[
          ...PRESETS.map((days) => ({ value: String(days), label: `${days} days` })),
          { value: "own", label: "Dates" },
        ]}
      />
      {own && (
        <Group gap="xs" align="flex-start">
          {(["from", "to"] as const).map((field) => (
            <TextInput
              key={field}
              type="date"
              aria-label={field === "from" ? "First day" : "Last day"}
              value={chosen[field]}
              max={today}
              error={fault?.field === field && fault.says}
              onChange={set(field)}
            />
          ))}
        </Group>
      )}
    </Group>
  );
}
