// The launcher on a customer's page: one button in a shadow tree, and the chat in a frame of our own origin.
// It makes no request until the visitor asks for the chat, or has one running from an earlier page.

import { colourOf } from "../common/colour";

interface FrameMessage {
  source: "aichatdesk";
  type: "ready" | "close" | "unread" | "begun" | "over";
}

type FromHost = { type: "opened"; focus: boolean } | { type: "closed" } | { type: "draft"; text: string };

const script = document.currentScript as HTMLScriptElement | null;
const origin = script ? new URL(script.src).origin : location.origin;
const data = script?.dataset ?? {};
const { brand, ink } = colourOf(data.color);
const side = data.position === "left" ? "left" : "right";
const title = data.title ?? "Chat with us";
const dark = "#151a19";
const REMEMBERED = "aichatdesk";
const NARROW = 480;

const css = `
:host { all: initial; }
button { position: fixed; bottom: 20px; ${side}: 20px; width: 60px; height: 60px; border: 0; padding: 0;
  border-radius: 50%; background: ${brand}; color: ${ink}; cursor: pointer; z-index: 2147483000;
  box-shadow: 0 6px 20px rgb(0 0 0 / .25); display: grid; place-items: center; transition: transform .15s ease; }
button:hover { transform: scale(1.05); }
button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1d4ed8; }
svg { width: 28px; height: 28px; grid-area: 1 / 1; transition: opacity .15s ease, transform .15s ease; }
[aria-expanded=false] .shut, [aria-expanded=true] .talk { opacity: 0; transform: rotate(-30deg) scale(.7); }
.dot { position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border-radius: 50%; background: #d92d20;
  border: 2px solid #fff; }
iframe { position: fixed; bottom: 92px; ${side}: 20px; width: 392px; height: min(660px, calc(100dvh - 112px));
  max-width: calc(100vw - 40px); border: 0; border-radius: 18px; box-shadow: 0 16px 48px rgb(0 0 0 / .28);
  z-index: 2147483001; background: ${data.theme === "dark" ? dark : "#fff"}; animation: rise .18s ease-out; }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
[hidden] { display: none !important; }
@media (prefers-color-scheme: dark) { iframe { background: ${data.theme === "light" ? "#fff" : dark}; } }
@media (max-width: ${NARROW}px) {
  iframe { inset: 0; width: 100%; max-width: none; height: 100dvh; border-radius: 0; }
}
@media (prefers-reduced-motion: reduce) { button, svg { transition: none; } iframe { animation: none; } }
`;

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];

const button = document.createElement("button");
button.type = "button";
button.setAttribute("aria-label", title);
button.setAttribute("aria-expanded", "false");
button.append(icon("talk", "M4 5h16v11H9l-5 4z"), icon("shut", "M6 9l6 6 6-6"));
const dot = document.createElement("span");
dot.className = "dot";
dot.hidden = true;
button.append(dot);
root.append(button);

let frame: HTMLIFrameElement | null = null;
let ready = false;
let wanted = false;
let running = false;
let draft = "";

function icon(name: string, path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const shape = document.createElementNS(space, "path");
  const set = (element: Element, values: Record<string, string>) => {
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  };
  set(svg, { class: name, viewBox: "0 0 24 24", "aria-hidden": "true" });
  set(shape, {
    d: path,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
  });
  svg.append(shape);
  return svg;
}

function load(): HTMLIFrameElement {
  if (frame) return frame;
  frame = document.createElement("iframe");
  frame.title = title;
  frame.hidden = true;
  const settings = new URLSearchParams({ title, color: brand, page: location.pathname });
  const language = data.language || document.documentElement.lang;
  if (language) settings.set("language", language);
  if (data.theme) settings.set("theme", data.theme);
  frame.src = `${origin}/widget/?${settings}`;
  root.append(frame);
  return frame;
}

function open(): void {
  const shown = load();
  shown.hidden = false;
  dot.hidden = true;
  button.setAttribute("aria-expanded", "true");
  wanted = true;
  remember("open");
  shown.focus();
  greet();
}

function close(): void {
  wanted = false;
  if (frame) frame.hidden = true;
  button.setAttribute("aria-expanded", "false");
  remember("begun");
  button.focus();
  tell({ type: "closed" });
}

/** Once the frame listens: it may take the focus, and gets the question that the page suggests. */
function greet(): void {
  if (!ready || !frame || frame.hidden) return;
  tell({ type: "opened", focus: wanted });
  if (draft) tell({ type: "draft", text: draft });
  draft = "";
}

function tell(message: FromHost): void {
  frame?.contentWindow?.postMessage({ source: "aichatdesk", ...message }, origin);
}

function hear({ source, type }: FrameMessage): void {
  if (source !== "aichatdesk") return;
  if (type === "ready") {
    ready = true;
    greet();
  } else if (type === "close") close();
  else if (type === "unread") dot.hidden = !frame?.hidden;
  else {
    running = type === "begun";
    remember(frame?.hidden ? "begun" : "open");
  }
}

/** Keep for this tab's next page that a chat runs, and whether it was in view; never what it says. */
function remember(state: "open" | "begun"): void {
  try {
    if (running) sessionStorage.setItem(REMEMBERED, state);
    else sessionStorage.removeItem(REMEMBERED);
  } catch {
    // Storage is blocked: the next page starts with the chat closed.
  }
}

function resume(): void {
  let state: string | null = null;
  try {
    state = sessionStorage.getItem(REMEMBERED);
  } catch {
    return;
  }
  if (!state || frame) return;
  const shown = load();
  if (state !== "open" || innerWidth <= NARROW) return;
  shown.hidden = false;
  button.setAttribute("aria-expanded", "true");
}

function mount(): void {
  document.body.append(host);
  const idle = window.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 300));
  idle(resume);
}

button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
// Any element of the page with `data-aichatdesk-ask` opens the chat with its question filled in.
document.addEventListener("click", (event) => {
  const asking = (event.target as Element | null)?.closest?.<HTMLElement>("[data-aichatdesk-ask]");
  if (!asking) return;
  draft = asking.dataset.aichatdeskAsk ?? "";
  open();
});
window.addEventListener("message", (event: MessageEvent<FrameMessage>) => {
  if (event.origin === origin && frame && event.source === frame.contentWindow) hear(event.data);
});
if (document.body) mount();
else document.addEventListener("DOMContentLoaded", mount);
