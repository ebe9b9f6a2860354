import { Group, SegmentedControl, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { colourOf } from "../../../common/colour";
import { previewConfig } from "./previewConfig";
import classes from "./widget.module.css";
import type { WidgetDraft } from "./widgetDraft";

const PAUSE = 120;

/** The widget itself, as it will look with what stands in the form. */
export function Preview({ draft, company }: { draft: WidgetDraft; company: string }) {
  const [scheme, setScheme] = useState<"light" | "dark">("light");
  const [screen, setScreen] = useState<"page" | "phone">("page");
  const [desk, setDesk] = useState<"staffed" | "away">("staffed");
  const theme = draft.theme === "auto" ? scheme : draft.theme;
  const frame = useShown(previewConfig(draft, { theme, staffed: desk === "staffed" }, company));
  const { brand, ink } = colourOf(draft.color);
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
          aria-label="Whether somebody is there"
          size="xs"
          value={desk}
          onChange={(next) => setDesk(next as typeof desk)}
          data={[
            { value: "staffed", label: "Somebody there" },
            { value: "away", label: "Nobody" },
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
        <iframe {...frame} className={classes.widget} title="The widget" src="/widget/?preview=1" />
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

/** Keeps a frame with the widget told of its settings. */
function useShown(config: object) {
  const ref = useRef<HTMLIFrameElement>(null);
  const [told] = useDebouncedValue(JSON.stringify(config), PAUSE);
  const tell = () =>
    ref.current?.contentWindow?.postMessage(
      { source: "aichatdesk-preview", config: JSON.parse(told) },
      location.origin,
    );
  useEffect(tell, [told]);
  return { ref, onLoad: tell };
}
