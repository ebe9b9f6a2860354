import {
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { Section } from "../parts/Section";
import type { Asked, Features } from "../shapes";
import { faultOf } from "../useAct";
import type { Draft } from "../useDraft";
import { ColourField } from "./ColourField";
import { LANGUAGES } from "./languages";
import { Questions } from "./Questions";
import classes from "./widget.module.css";
import type { WidgetDraft } from "./widgetDraft";

interface Props {
  draft: Draft<WidgetDraft>;
  error: unknown;
}

const THEMES = [
  { value: "auto", label: "As the visitor's system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function Look({ draft: { value, set }, error }: Props) {
  return (
    <Section title="Look">
      <Stack gap="md">
        <ColourField
          value={value.color}
          onChange={(color) => set("color", color)}
          fault={faultOf(error, "widget.color")}
        />
        <Choice
          label="Where it stands"
          value={value.position}
          onChange={(position) => set("position", position as WidgetDraft["position"])}
          data={[
            { value: "left", label: "Left" },
            { value: "right", label: "Right" },
          ]}
        />
        <Choice
          label="Light or dark"
          value={value.theme}
          onChange={(theme) => set("theme", theme as WidgetDraft["theme"])}
          data={THEMES}
        />
        <Select
          label="Language of its texts"
          description="What you write yourself stays as you write it."
          allowDeselect={false}
          data={LANGUAGES}
          value={value.language}
          onChange={(language) => set("language", language ?? "")}
          error={faultOf(error, "widget.language")}
          maw={320}
        />
      </Stack>
    </Section>
  );
}

export function Words({ draft: { value, set }, error }: Props) {
  return (
    <Section title="Words">
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Title"
            description="At its top."
            placeholder="Chat with us"
            maxLength={80}
            value={value.title}
            onChange={(event) => set("title", event.currentTarget.value)}
            error={faultOf(error, "widget.title")}
          />
          <TextInput
            label="Company"
            description="Empty: the desk's own."
            maxLength={80}
            value={value.company}
            onChange={(event) => set("company", event.currentTarget.value)}
            error={faultOf(error, "widget.company")}
          />
        </SimpleGrid>
        <Textarea
          label="Greeting"
          description="The first thing that a visitor reads."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={value.greeting}
          onChange={(event) => set("greeting", event.currentTarget.value)}
          error={faultOf(error, "widget.greeting")}
        />
        <Textarea
          label="When nobody is there"
          description="Shown while no person is at the desk. The assistant answers all the same."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={value.away}
          onChange={(event) => set("away", event.currentTarget.value)}
          error={faultOf(error, "widget.away")}
        />
        <TextInput
          label="Privacy notice"
          description="The address of your own page about it."
          type="url"
          placeholder="https://example.com/privacy"
          maxLength={500}
          value={value.privacyUrl}
          onChange={(event) => set("privacyUrl", event.currentTarget.value)}
          error={faultOf(error, "widget.privacyUrl")}
        />
        <Questions
          value={value.questions}
          onChange={(questions) => set("questions", questions)}
          error={error}
        />
      </Stack>
    </Section>
  );
}

const ASKED: readonly { value: Asked; label: string }[] = [
  { value: "required", label: "Needed" },
  { value: "optional", label: "If they like" },
  { value: "hidden", label: "Not asked" },
];

export function BeforeTheChat({ draft: { value, set } }: Props) {
  const ask = (field: keyof WidgetDraft["form"], asked: string) =>
    set("form", { ...value.form, [field]: asked as Asked });
  return (
    <Section
      title="Before the chat"
      about="What a visitor is asked for. Without an e-mail address, nobody can write to them later."
    >
      <Stack gap="sm">
        <Choice label="Name" value={value.form.name} onChange={(one) => ask("name", one)} data={[...ASKED]} />
        <Choice
          label="E-mail address"
          value={value.form.email}
          onChange={(one) => ask("email", one)}
          data={[...ASKED]}
        />
        <Choice
          label="First question"
          value={value.form.question}
          onChange={(one) => ask("question", one)}
          data={[...ASKED]}
        />
      </Stack>
    </Section>
  );
}

const FEATURES: readonly [keyof Features, string, string][] = [
  ["attachments", "Files and screenshots", "Visitors may send them."],
  ["calls", "Booking a call", "Once a calendar is connected."],
  ["transcript", "Transcript by mail", "Once mail is set up."],
  ["rating", "Rating at the end", "Stars and a comment."],
];

export function Offered({ draft: { value, set } }: Props) {
  return (
    <Section title="What it offers" about="What the desk cannot do is never offered, whatever stands here.">
      <Stack gap="sm">
        {FEATURES.map(([name, label, about]) => (
          <Switch
            key={name}
            label={label}
            description={about}
            checked={value.features[name]}
            onChange={(event) => set("features", { ...value.features, [name]: event.currentTarget.checked })}
          />
        ))}
      </Stack>
    </Section>
  );
}

function Choice(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  data: { value: string; label: string }[];
}) {
  return (
    <Group className={classes.choice} gap="xs">
      <Text size="sm" fw={600} className={classes.choiceName}>
        {props.label}
      </Text>
      <SegmentedControl
        aria-label={props.label}
        size="xs"
        value={props.value}
        onChange={props.onChange}
        data={props.data}
      />
    </Group>
  );
}
