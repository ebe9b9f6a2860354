// The launcher on a customer's page: one button in a shadow tree, and the chat in a frame of our own origin.
// It makes no request until the visitor touches it, or has a chat running from an earlier page.

import { colourOf } from "../common/colour";

type Detail = Record<string, unknown>;
type Heard = (detail: Detail) => void;
type Call = [name: string, ...given: unknown[]];

const EVENTS = "ready open close message unread chatStarted chatEnded rated".split(" ");
const script = document.currentScript as HTMLScriptElement | null;
const origin = script ? new URL(script.src).origin : location.origin;
const data = script?.dataset ?? {};
const { brand, ink } = colourOf(data.color);
const pageLanguage = document.documentElement.lang;
const title = data.title || "Chat";
// Where the page does not say, the side that its lines end on.
const side = /^(left|right)$/.test(`${data.position}`) ? data.position : "inset-inline-end";
const scheme = /^(light|dark)$/.test(`${data.theme}`) ? data.theme : "light dark";
const REMEMBERED = "aichatdesk";
const DISMISSED = "aichatdesk.greeted";
const NARROW = 480;

const css = /* css */ `
:host { all: initial !important; --t: .2s; }
* { box-sizing: border-box; }
button { border: 0; padding: 0; cursor: pointer; font: inherit; color: inherit; background: none; }
.launch, .greet, iframe { position: fixed; bottom: 92px; ${side}: 20px; z-index: 2147483000;
  box-shadow: 0 8px 28px rgb(0 0 0 / .22); animation: rise var(--t); }
.launch { bottom: 20px; width: 60px; height: 60px; border-radius: 50%; background: ${brand}; color: ${ink};
  z-index: 2147483001; display: grid; place-items: center; transition: transform var(--t); animation: none; }
.launch:hover { transform: scale(1.05); }
:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1d4ed8; }
svg { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round;
  width: 28px; height: 28px; grid-area: 1 / 1; transition: opacity var(--t), transform var(--t); }
[aria-expanded=false] .shut, [aria-expanded=true] .talk { opacity: 0; transform: scale(.6); }
.count { position: absolute; top: -3px; right: -3px; min-width: 22px; padding: 0 6px; border-radius: 11px;
  background: #c81e1e; color: #fff; border: 2px solid #fff; font: 700 12px/18px system-ui, sans-serif; }
.greet { display: flex; align-items: start; max-width: min(300px, calc(100vw - 40px)); border-radius: 16px;
  background: Canvas; color: CanvasText; color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
.greet button { border-radius: 16px; text-align: start; padding: 13px 0; padding-inline: 16px 0; }
.greet .hide { flex: none; padding: 14px 13px; }
.hide svg { display: block; width: 18px; height: 18px; }
iframe { width: 400px; height: min(690px, calc(100dvh - 112px)); max-width: calc(100vw - 40px); border: 0;
  border-radius: 20px; background: Canvas; color-scheme: ${scheme}; }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@media (max-width: ${NARROW}px), (max-height: 420px) {
  iframe { inset: 0; width: 100%; max-width: none; height: 100dvh; border-radius: 0; }
  .on { z-index: 2147483002; }
}
@media (prefers-reduced-motion) { :host { --t: 0s; } }
@media (forced-colors: active) { .launch, .greet, iframe { border: 2px solid; } }
`;

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];

const launcher = element("button", "launch");
launcher.setAttribute("aria-expanded", "false");
launcher.append(icon("talk", "M4 5h16v11H9l-5 4z"), icon("shut", "M6 9l6 6 6-6"));
const count = element("span", "count");
launcher.append(count);
root.append(launcher);

let frame: HTMLIFrameElement | null = null;
let bubble: HTMLElement | null = null;
let ready = false;
let wanted = false;
let running = false;
let draft = "";
let identity = "";
let listeners: [string, Heard][] = [];

function element<Name extends "button" | "span" | "div">(
  name: Name,
  className: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function icon(className: string, path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const shape = document.createElementNS(space, "path");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

function load(): HTMLIFrameElement {
  if (frame) return frame;
  frame = document.createElement("iframe");
  frame.title = title;
  frame.hidden = true;
  const settings = new URLSearchParams({ host: location.origin, page: location.pathname });
  if (pageLanguage) settings.set("lang", pageLanguage);
  for (const name of ["title", "color", "language", "theme"]) if (data[name]) settings.set(name, data[name]);
  frame.src = `${origin}/widget/?${settings}`;
  root.append(frame);
  return frame;
}

function isOpen(): boolean {
  return Boolean(frame && !frame.hidden);
}

function open(): void {
  const shown = load();
  const before = !shown.hidden;
  wanted = true;
  shown.hidden = false;
  show(0);
  dismiss();
  launcher.setAttribute("aria-expanded", "true");
  remember();
  shown.focus();
  greet();
  if (!before) emit("open");
}

function close(): void {
  wanted = false;
  if (!frame || frame.hidden) return;
  frame.hidden = true;
  launcher.setAttribute("aria-expanded", "false");
  remember();
  launcher.focus();
  tell({ type: "closed" });
  // A frame that nothing has come from may hold an error of the browser: the next opening tries anew.
  if (!ready) {
    frame.remove();
    frame = null;
  }
  emit("close");
}

/** How many messages have not been seen. */
function show(unread: number): void {
  count.hidden = !unread;
  count.textContent = unread > 9 ? "9+" : `${unread}`;
  launcher.setAttribute("aria-label", unread ? `${title} (${unread})` : title);
}

/** Once the frame listens: it may take the focus, and gets the question that the page suggests. */
function greet(): void {
  if (!ready) return;
  if (identity) tell({ type: "identify", token: identity });
  if (!isOpen()) return;
  tell({ type: "opened", focus: wanted, page: location.pathname });
  if (draft) tell({ type: "draft", text: draft });
  draft = "";
}

function tell(message: Detail): void {
  frame?.contentWindow?.postMessage({ source: "aichatdesk", ...message }, origin);
}

function emit(name: string, detail: Detail = {}): void {
  for (const [wanted, hear] of listeners) if (wanted === name) hear(detail);
}

/** What the frame says. */
function hear({ type, name, detail }: Detail): void {
  if (type === "ready") {
    ready = true;
    // From now on the frame has its own way out, so on a small screen it may cover the launcher.
    if (frame) frame.className = "on";
    greet();
  } else if (type === "close") close();
  else if (type === "begun" || type === "over") {
    running = type === "begun";
    remember();
  } else if (type === "event" && EVENTS.includes(name as string)) {
    if (name === "unread") show(Number((detail as Detail).count));
    emit(name as string, { ...(detail as Detail) });
  }
}

/** Storage of this tab; where it is blocked, the next page starts with the chat closed. */
function store(key: string, value?: string): string {
  try {
    if (value !== undefined) sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Keep for this tab's next page that a chat runs, and whether it was in view; never what it says. */
function remember(): void {
  store(REMEMBERED, running ? (isOpen() ? "open" : "begun") : "");
}

function resume(): void {
  const state = store(REMEMBERED);
  if (state && !frame) {
    const shown = load();
    if (state !== "open" || innerWidth <= NARROW) return;
    shown.hidden = false;
    launcher.setAttribute("aria-expanded", "true");
  } else if (data.greeting && !frame && !store(DISMISSED)) {
    invite(data.greeting);
  }
}

/** A word beside the launcher, until it is taken up or put away. */
function invite(words: string): void {
  bubble = element("div", "greet");
  bubble.dir = "auto";
  const say = element("button", "say");
  say.textContent = words;
  say.onclick = open;
  const hide = element("button", "hide");
  hide.setAttribute("aria-label", data.dismiss || "Close");
  hide.append(icon("x", "M6 6l12 12M18 6L6 18"));
  hide.onclick = () => {
    dismiss();
    launcher.focus();
  };
  bubble.append(say, hide);
  root.append(bubble);
}

function dismiss(): void {
  store(DISMISSED, "1");
  bubble?.remove();
  bubble = null;
}

/** Beside the body, not in it: pages that change their whole body on the way to the next one leave it there. */
function mount(): void {
  host.dir = getComputedStyle(document.body).direction;
  document.documentElement.append(host);
  const idle = window.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 300));
  idle(resume);
}

const api = {
  open,
  close,
  toggle: () => (isOpen() ? close() : open()),
  /** A token that the page's own server has signed says who the visitor is. */
  identify: (token: string) => {
    identity = token;
    greet();
  },
  on: (name: string, hear: Heard): (() => void) => {
    if (!EVENTS.includes(name)) throw new Error(`AIChatDesk has no event ${name}.`);
    const entry: [string, Heard] = [name, hear];
    listeners.push(entry);
    if (name === "ready") hear({});
    return () => {
      listeners = listeners.filter((one) => one !== entry);
    };
  },
  push: ([name, ...given]: Call) => {
    if (name in api && name !== "push") (api[name as "on"] as (...all: unknown[]) => unknown)(...given);
  },
};
/** Take the page's place for the calls; once, however many such lines the page has or runs again. */
function begin(): void {
  page.AIChatDesk = api;
  show(0);
  launcher.onclick = api.toggle;
  // A pointer that comes near, or a finger, means that the chat is about to be opened.
  launcher.onpointerenter = load;
  // Any element of the page with `data-aichatdesk-ask` opens the chat with its question filled in.
  document.addEventListener("click", (event) => {
    const asking = (event.target as Element | null)?.closest?.<HTMLElement>("[data-aichatdesk-ask]");
    if (!asking) return;
    draft = asking.dataset.aichatdeskAsk ?? "";
    open();
  });
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || event.source !== frame?.contentWindow) return;
    const message = event.data as Detail | null;
    if (message?.source === "aichatdesk") hear(message);
  });
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
  // What the page has asked for before this script was there: an array of calls; a wrong one ends them.
  if (Array.isArray(early)) for (const call of early as Call[]) api.push(call);
}

const page = window as { AIChatDesk?: unknown };
const early = page.AIChatDesk;
if (!(early as Partial<typeof api> | undefined)?.open) begin();
