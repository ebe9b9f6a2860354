/** The languages that the widget's own texts are written in. */
export const CODES = "ar cs de en es fr he it ja nl pl pt sv tr uk zh".split(" ");

const NAMES = new Intl.DisplayNames("en", { type: "language" });

/** What can be chosen; empty follows the page or the browser. */
export const LANGUAGES = [
  { value: "", label: "As the page or the browser" },
  ...CODES.map((code) => ({ value: code, label: NAMES.of(code) ?? code })),
];
