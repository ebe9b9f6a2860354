import { render } from "preact";
import { App } from "./App";
import "./style.css";
import { textsFor } from "./texts";

const settings = new URLSearchParams(location.search);
const { texts, language } = textsFor(settings.get("language"), navigator.language);
document.documentElement.lang = language;
const colour = settings.get("color") ?? "";
if (/^#[0-9a-f]{3,8}$/i.test(colour)) document.documentElement.style.setProperty("--brand", colour);
const root = document.getElementById("app");
if (root)
  render(
    <App texts={texts} title={settings.get("title") ?? texts.title} page={settings.get("page") ?? ""} />,
    root,
  );
