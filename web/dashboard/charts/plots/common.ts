import "@mantine/charts/styles.css";

/** What every drawing has alike: quiet lines, no stops for the keyboard (the table has every figure), no motion. */
export const QUIET = {
  h: "100%",
  gridColor: "var(--edge)",
  textColor: "var(--faint)",
  accessibilityLayer: false,
  tooltipAnimationDuration: 0,
  strokeDasharray: "0",
  tickLine: "none",
} as const;

export type Format = (value: number) => string;
