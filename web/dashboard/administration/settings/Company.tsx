import { NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Failed, Waiting } from "../../parts/States";
import { SaveBar } from "../parts/SaveBar";
import { Section } from "../parts/Section";
import { KEYS, readNow, useIntegrations, useSettings } from "../reads";
import { useMay } from "../rights";
import type { DeskSettings } from "../shapes";
import { faultOf, faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";
import { fromHours, Hours, toHours } from "./Hours";
import { ReadOnly } from "./ReadOnly";

const SHOWN = ["companyName", "calendarEmail", "calendarTimeZone", "calendarSlotMinutes", "calendarHours"];
const ABOUT = "Your company's name, and when its calendar offers time to visitors.";

export function Company() {
  const settings = useSettings();
  return (
    <Page title="Company and hours" about={ABOUT}>
      {settings.isPending && <Waiting what="Loading settings" />}
      {settings.isLoadingError && <Failed error={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && <Form settings={settings.data} />}
    </Page>
  );
}

function Form({ settings }: { settings: DeskSettings }) {
  const may = useMay();
  const locked = !may("changeSettings");
  const draft = useDraft(fieldsOf(settings));
  const reading = useSettings();
  const { value, set } = draft;
  const save = useAct({
    does: async () => {
      const changes = draft.over(fieldsOf(await readNow(reading)));
      const { calendarHours: hours, ...others } = changes;
      await ask.put("/api/settings", {
        body: { ...others, ...(hours && { calendarHours: fromHours(hours) }) },
      });
      return changes;
    },
    changes: [KEYS.settings, KEYS.integrations],
    onDone: (saved) => draft.settle(saved),
  });
  return (
    <ReadOnly locked={locked}>
      <Section title="Company">
        <TextInput
          label="Name"
          description="Shown to visitors in the widget and in mails."
          value={value.companyName}
          maxLength={80}
          onChange={(event) => set("companyName", event.currentTarget.value)}
          error={faultOf(save.error, "companyName")}
          maw={420}
        />
      </Section>
      <Section title="Calendar" about={<CalendarState />}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Whose calendar"
              description="Empty: the one that OFFICE365_CALENDAR_EMAIL names."
              type="email"
              value={value.calendarEmail}
              onChange={(event) => set("calendarEmail", event.currentTarget.value)}
              error={faultOf(save.error, "calendarEmail")}
            />
            <NumberInput
              label="Length of a meeting"
              description="From 5 to 480 minutes."
              suffix=" minutes"
              min={5}
              max={480}
              step={5}
              value={value.calendarSlotMinutes}
              onChange={(minutes) => set("calendarSlotMinutes", minutes as number)}
              error={faultOf(save.error, "calendarSlotMinutes")}
            />
          </SimpleGrid>
          <TimeZone
            value={value.calendarTimeZone}
            onChange={(zone) => set("calendarTimeZone", zone)}
            fault={faultOf(save.error, "calendarTimeZone")}
          />
        </Stack>
      </Section>
      <Section title="Working hours" about="By the clock on your wall, in summer and in winter.">
        <Hours
          value={value.calendarHours}
          onChange={(hours) => set("calendarHours", hours)}
          fault={faultOf(save.error, "calendarHours")}
        />
      </Section>
      <SaveBar
        changed={draft.changed}
        busy={save.isPending}
        savedAt={save.isSuccess ? save.submittedAt : 0}
        fault={faultOfForm(save.error, ...SHOWN)}
        onSave={() => save.mutate()}
        onDiscard={() => {
          draft.reset();
          save.reset();
        }}
      />
    </ReadOnly>
  );
}

function fieldsOf(settings: DeskSettings) {
  return {
    companyName: settings.companyName ?? "",
    calendarEmail: settings.calendarEmail ?? "",
    calendarTimeZone: settings.calendarTimeZone ?? "UTC",
    calendarSlotMinutes: settings.calendarSlotMinutes ?? 30,
    calendarHours: toHours(settings.calendarHours),
  };
}

function CalendarState() {
  const { data } = useIntegrations();
  if (!data) return null;
  if (!data.calendar.configured) return "No calendar is connected yet. What you set here counts once one is.";
  if (data.calendar.problem) return `The calendar has a problem: ${data.calendar.problem}`;
  return `Connected to the calendar of ${data.calendar.email}.`;
}

function TimeZone(props: { value: string; onChange: (zone: string) => void; fault: string | undefined }) {
  const zones = useMemo(
    () => [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), props.value])],
    [props.value],
  );
  return (
    <div>
      <Select
        label="Time zone"
        searchable
        allowDeselect={false}
        data={zones}
        limit={60}
        value={props.value}
        onChange={(zone) => zone && props.onChange(zone)}
        error={props.fault}
        nothingFoundMessage="No time zone has that name."
        maw={420}
      />
      <Text size="sm" c="var(--faint)" mt={4}>
        {clockIn(props.value)}
      </Text>
    </div>
  );
}

function clockIn(timeZone: string): string {
  try {
    const clock = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "long",
      hour: "2-digit",
      minute: "2-digit",
    });
    return `There it is ${clock.format(new Date())} now.`;
  } catch {
    return "";
  }
}
