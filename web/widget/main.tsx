import { render } from "preact";
import { colourOf } from "../common/colour";
import { App } from "./App";
import "./style.css";
import { textsFor } from "./texts";

const settings = new URLSearchParams(location.search);
const { texts, language } = textsFor(settings.get("language"), navigator.language);
const page = document.documentElement;
page.lang = language;
const { brand, ink } = colourOf(settings.get("color"));
page.style.setProperty("--brand", brand);
page.style.setProperty("--on-brand", ink);

const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = settings.get("theme");
const paint = () => {
  page.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
};
paint();
dark.addEventListener("change", paint);

const root = document.getElementById("app");
if (root)
  render(
    <App texts={texts} title={settings.get("title") ?? texts.title} page={settings.get("page") ?? ""} />,
    root,
  );
