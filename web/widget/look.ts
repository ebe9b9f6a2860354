// How the widget looks here: what the page asks for, then what the desk is set to, then our own.

import { colourOf, READABLE, shadeOn } from "../common/colour";
import { type Config, readConfig } from "./api";
import { lastLook } from "./session";

const GROUND = { light: "#ffffff", dark: "#171b1a" };
/** The darkest and lightest grounds that coloured text stands on. */
const SOFT = { light: "#eef1f0", dark: "#262d2b" };
/** A bubble must be told from the ground it is on, in whatever colour the customer has. */
const SEEN = 1.5;
const PATIENCE = 4_000;

const PLAIN: Config = {
  company: null,
  title: null,
  greeting: null,
  color: null,
  position: "right",
  theme: "auto",
  language: null,
  privacyUrl: null,
  form: { name: "required", email: "required", question: "hidden" },
  questions: [],
  categories: [],
  features: { attachments: true, calls: false, transcript: false, rating: true },
  desk: { staffed: true, away: null },
};

/** Ask the desk; if it is silent, what it said last has to do. */
export async function loadConfig(): Promise<Config> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const config = await readConfig(abort.signal);
    lastLook.save(config);
    return { ...PLAIN, ...config };
  } catch {
    return { ...PLAIN, ...lastLook.load<Config>() };
  } finally {
    clearTimeout(timer);
  }
}

/** What the page around us asks for wins over the desk's settings. */
export function asAsked(config: Config, asked: URLSearchParams): Config {
  const theme = asked.get("theme");
  return {
    ...config,
    title: asked.get("title") || config.title,
    color: asked.get("color") || config.color,
    theme: theme === "light" || theme === "dark" || theme === "auto" ? theme : config.theme,
  };
}

/** Only an address that a link may have. */
export function privacyAddress(config: Config): string | null {
  const address = config.privacyUrl;
  return address && /^https?:\/\//i.test(address) ? address : null;
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

/** Put the theme and the shades of the brand's colour on the page; returns how to stop watching. */
export function paint(config: Config): () => void {
  const page = document.documentElement;
  const apply = () => {
    const auto = prefersDark.matches ? "dark" : "light";
    const theme = config.theme === "light" || config.theme === "dark" ? config.theme : auto;
    const picked = colourOf(config.color).brand;
    const { brand, ink } = colourOf(shadeOn(picked, GROUND[theme], SEEN));
    page.dataset.theme = theme;
    page.style.setProperty("--brand", brand);
    page.style.setProperty("--on-brand", ink);
    page.style.setProperty("--accent", shadeOn(picked, SOFT[theme], READABLE));
  };
  apply();
  prefersDark.addEventListener("change", apply);
  return () => prefersDark.removeEventListener("change", apply);
}
