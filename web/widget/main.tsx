import { render } from "preact";
import { App } from "./App";
import type { Config } from "./api";
import { asAsked, loadConfig, paint } from "./look";
import { chosenLanguage, forgetEverything, sessions } from "./session";
import { languageOf, wordsOf } from "./texts";
import "./style.css";

const asked = new URLSearchParams(location.search);
const preview = asked.has("preview");
const root = document.getElementById("app");

async function show(found: Config): Promise<void> {
  const config = asAsked(found, asked);
  // A language that the page's own snippet names wins over what its text is written in.
  const wanted = preview ? null : (chosenLanguage.load() ?? asked.get("language"));
  const language = languageOf(wanted, config.language, asked.get("lang"), ...navigator.languages);
  paint(config)();
  const words = await wordsOf(language);
  if (!root) return;
  const pinned = languageOf(wanted, config.language) === language && Boolean(wanted ?? config.language);
  render(
    <App config={config} words={words} page={asked.get("page") ?? ""} preview={preview} pinned={pinned} />,
    root,
  );
}

if (preview) {
  forgetEverything();
  sessions.leave();
  // The dashboard shows here what it is about to save; nobody else may.
  window.addEventListener("message", (event: MessageEvent<{ source?: string; config?: Config }>) => {
    const { source, config } = event.data ?? {};
    if (event.origin === location.origin && source === "aichatdesk-preview" && config)
      void loaded.then((now) => show({ ...now, ...config }));
  });
}
const loaded = loadConfig();
void loaded.then(show);
