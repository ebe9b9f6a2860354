import { afterEach, expect, test, vi } from "vitest";
import { LANGUAGES, languageOf, wordsOf } from "./texts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["pt-BR", "pt"],
  ["zh-TW", "zh"],
  ["zh-Hant-HK", "zh"],
  ["de_AT", "de"],
  ["EN-gb", "en"],
  ["iw-IL", "he"],
  // Languages of three letters that begin like one of ours and are another.
  ["arn", "en"],
  ["fil", "en"],
  ["csb-PL", "en"],
  ["", "en"],
])("a page in %s gets %s", (told, language) => {
  expect(languageOf(told, null, undefined)).toBe(language);
});

test("dates are written as where the visitor is, and a browser's odd word for it breaks nothing", async () => {
  const dateIn = async (language: string, ...languages: string[]) => {
    vi.stubGlobal("navigator", { languages });
    return (await wordsOf(language)).time("2026-11-27T14:30:00Z", { dateStyle: "short", timeZone: "UTC" });
  };
  expect(await dateIn("en", "sv-SE", "en-GB")).toBe("27/11/2026");
  expect(await dateIn("en", "en-US@posix")).toBe("11/27/26");
  expect(await dateIn("de", "en-GB")).toBe("27.11.26");
});

test("every language has every place in which something is put", async () => {
  const vessel = {
    n: "<n>",
    name: "<name>",
    time: "<time>",
    email: "<email>",
    size: "<size>",
    zone: "<zone>",
  };
  const english = (await wordsOf("en")).say;
  const source = await import("./texts/en");
  for (const language of LANGUAGES) {
    const { say } = await wordsOf(language);
    for (const name of Object.keys(source.default) as (keyof typeof source.default)[]) {
      const places = (text: string) => (text.match(/<\w+>/g) ?? []).sort();
      expect(places(say(name, vessel)), `${language}: ${name}`).toEqual(places(english(name, vessel)));
    }
  }
});
