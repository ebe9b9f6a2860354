// The widget's texts: English is always there, any other language is fetched when it is needed.

import en from "./texts/en";

export type Texts = typeof en;
export type Values = Record<string, string | number>;

/** A language as it is used: its texts with values put in, and its ways to write dates and numbers. */
export interface Words {
  language: string;
  rtl: boolean;
  say: (name: keyof Texts, values?: Values) => string;
  number: (value: number, options?: Intl.NumberFormatOptions) => string;
  time: (moment: string | Date, options: Intl.DateTimeFormatOptions) => string;
}

const files = import.meta.glob<{ default: Texts }>(["./texts/*.ts", "!./texts/en.ts"]);
const FROM_RIGHT = new Set(["ar", "he"]);
/** An older code of Hebrew, which some browsers still tell. */
const ALIKE: Record<string, string> = { iw: "he" };

/** The languages that there are, as two letters. */
export const LANGUAGES = ["en", ...Object.keys(files).map((path) => path.slice(8, 10))].sort();

/** The first of these languages that there is; regions do not matter. */
export function languageOf(...wanted: (string | null | undefined)[]): string {
  for (const one of wanted) {
    const short = one?.split(/[-_]/)[0]?.toLowerCase() ?? "";
    const language = ALIKE[short] ?? short;
    if (LANGUAGES.includes(language)) return language;
  }
  return "en";
}

/** The words of a language; English where its file cannot be had. */
export async function wordsOf(language: string): Promise<Words> {
  try {
    const file = await files[`./texts/${language}.ts`]?.();
    return file ? words(language, file.default) : words("en", en);
  } catch {
    return words("en", en);
  }
}

function words(language: string, texts: Texts): Words {
  const rtl = FROM_RIGHT.has(language);
  // Dates and numbers as they are written where the visitor is, if the browser tells where.
  const region = new RegExp(`^${language}-\\w+$`);
  const locale = navigator.languages.find((one) => region.test(one)) ?? language;
  // What is put in may run the other way than the sentence around it.
  const put = (value: string | number) => (rtl ? `\u2068${value}\u2069` : `${value}`);
  return {
    language,
    rtl,
    say: (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_, key: string) => put(values[key] ?? "")),
    number: (value, options) => new Intl.NumberFormat(locale, options).format(value),
    time: (moment, options) => new Intl.DateTimeFormat(locale, options).format(new Date(moment)),
  };
}
