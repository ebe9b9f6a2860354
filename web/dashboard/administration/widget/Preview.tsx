import { Group, SegmentedControl, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { colourOf } from "../../../common/colour";
import { previewAddress } from "./previewAddress";
import classes from "./widget.module.css";
import type { WidgetDraft } from "./widgetDraft";

const PAUSE = 450;

/** The widget itself, as it will look with what stands in the form. */
export function Preview({ draft }: { draft: WidgetDraft }) {
  const [scheme, setScheme] = useState<"light" | "dark">("light");
  const [screen, setScreen] = useState<"page" | "phone">("page");
  // It is loaded anew for a change, so it waits for a pause in typing.
  const [calm] = useDebouncedValue(draft, PAUSE);
  const theme = calm.theme === "auto" ? scheme : calm.theme;
  const { brand, ink } = colourOf(calm.color);
  return (
    <section className={classes.preview} aria-label="Preview">
      <Group justify="space-between" mb="xs" gap="xs">
        <SegmentedControl
          aria-label="Colours of the preview"
          size="xs"
          value={theme}
          disabled={draft.theme !== "auto"}
          onChange={(next) => setScheme(next as typeof scheme)}
          data={[
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
        />
        <SegmentedControl
          aria-label="Screen of the preview"
          size="xs"
          value={screen}
          onChange={(next) => setScreen(next as typeof screen)}
          data={[
            { value: "page", label: "Page" },
            { value: "phone", label: "Phone" },
          ]}
        />
      </Group>
      <div className={classes.stage} data-theme={theme} data-screen={screen} data-position={draft.position}>
        <iframe className={classes.widget} title="The widget" src={previewAddress(calm, theme)} />
        <span className={classes.launcher} style={{ background: brand, color: ink }} aria-hidden>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M6 9l6 6 6-6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
          </svg>
        </span>
      </div>
      <Text size="xs" c="var(--faint)" mt={6}>
        This is the widget itself, with what is not saved yet. Visitors see a change once it is saved.
      </Text>
    </section>
  );
}
