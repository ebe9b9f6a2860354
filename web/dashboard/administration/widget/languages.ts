const CODES = [
  "ar",
  "cs",
  "de",
  "en",
  "es",
  "fa",
  "fr",
  "he",
  "it",
  "ja",
  "nl",
  "pl",
  "pt",
  "ru",
  "tr",
  "uk",
  "zh",
];
const NAMES = new Intl.DisplayNames("en", { type: "language" });

/** The languages of the widget's own texts; empty follows the page or the browser. */
export const LANGUAGES = [
  { value: "", label: "As the page or the browser" },
  ...CODES.map((code) => ({ value: code, label: NAMES.of(code) ?? code })),
];
