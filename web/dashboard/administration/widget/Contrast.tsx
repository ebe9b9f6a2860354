import { Text } from "@mantine/core";
import { colourOf, contrast, READABLE, shadeOn } from "../../../common/colour";
import classes from "./widget.module.css";

// The grounds on which the widget sets text in its colour, in light and in dark.
const LIGHT = "#eef1f0";
const DARK = "#262d2b";

/** Whether the widget's texts can be read in a colour; a shade that can takes its place where not. */
export function Contrast({ color }: { color: string }) {
  const { brand, ink } = colourOf(color);
  const inkWord = ink === "#fff" ? "White" : "Black";
  return (
    <div className={classes.contrast} role="status" aria-label="Contrast">
      <Sample ground={brand} ink={ink === "#fff" ? "#ffffff" : "#000000"} what={`${inkWord} text on it`} />
      <Sample ground={LIGHT} ink={brand} what="Links on light" />
      <Sample ground={DARK} ink={brand} what="Links on dark" />
    </div>
  );
}

function Sample({ ground, ink, what }: { ground: string; ink: string; what: string }) {
  const ratio = contrast(ink, ground);
  const readable = ratio >= READABLE;
  const shown = readable ? ink : shadeOn(ink, ground, READABLE);
  return (
    <div className={classes.sample}>
      <span className={classes.swatch} style={{ background: ground, color: shown }} aria-hidden>
        Aa
      </span>
      <Text size="xs" component="span">
        {what}: <span className={classes.ratio}>{ratio.toFixed(1)}:1</span>
        <Text span size="xs" c={readable ? "var(--good)" : "var(--warm)"} display="block">
          {readable ? "can be read" : `too weak, so ${shown} is used`}
        </Text>
      </Text>
    </div>
  );
}
