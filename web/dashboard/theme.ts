import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Our green, from a breath of it to nearly black; 7 carries white text (6.1:1).
const fern: MantineColorsTuple = [
  "#eaf7f4",
  "#d6ece7",
  "#a9d9ce",
  "#79c5b4",
  "#52b49e",
  "#39a990",
  "#2aa489",
  "#0b6e5f",
  "#095d50",
  "#054a40",
];

export const theme = createTheme({
  primaryColor: "fern",
  primaryShade: { light: 7, dark: 7 },
  colors: { fern },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: "650" },
});
