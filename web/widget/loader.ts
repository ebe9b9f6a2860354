// The launcher on a customer's page: one button in a shadow tree, and the chat in a frame of our own origin.
// It makes no request until the visitor asks for the chat.

export {};

const script = document.currentScript as HTMLScriptElement | null;
const origin = script ? new URL(script.src).origin : location.origin;
const data = script?.dataset ?? {};
const colour = /^#[0-9a-f]{3,8}$/i.test(data.color ?? "") ? data.color : "#0b6e5f";
const left = data.position === "left";
const title = data.title ?? "Chat with us";

const css = `
:host { all: initial; }
button { position: fixed; bottom: 20px; ${left ? "left" : "right"}: 20px; width: 60px; height: 60px; border: 0; padding: 0;
  border-radius: 50%; background: ${colour}; color: #fff; cursor: pointer; z-index: 2147483000;
  box-shadow: 0 6px 20px rgb(0 0 0 / .25); display: grid; place-items: center; transition: transform .15s ease; }
button:hover { transform: scale(1.05); }
button:focus-visible { outline: 3px solid ${colour}; outline-offset: 3px; }
svg { width: 28px; height: 28px; }
.dot { position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border-radius: 50%; background: #d92d20;
  border: 2px solid #fff; }
iframe { position: fixed; bottom: 92px; ${left ? "left" : "right"}: 20px; width: 392px; height: min(660px, calc(100dvh - 112px));
  border: 0; border-radius: 18px; box-shadow: 0 16px 48px rgb(0 0 0 / .28); z-index: 2147483001; background: Canvas;
  color-scheme: normal; }
[hidden] { display: none !important; }
@media (max-width: 480px) { iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; } }
@media (prefers-reduced-motion: reduce) { button { transition: none; } }
`;

interface FrameMessage {
  source: "aichatdesk";
  type: "close" | "unread";
}

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];

const button = document.createElement("button");
button.type = "button";
button.setAttribute("aria-label", title);
button.setAttribute("aria-expanded", "false");
button.append(icon("M4 5h16v11H9l-5 4z"));
const dot = document.createElement("span");
dot.className = "dot";
dot.hidden = true;
button.append(dot);
root.append(button);

let frame: HTMLIFrameElement | null = null;

function icon(path: string): SVGSVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(name, "path");
  for (const [key, value] of Object.entries({
    d: path,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
  }))
    shape.setAttribute(key, value);
  shape.setAttribute("stroke-linejoin", "round");
  svg.append(shape);
  return svg;
}

function open(): void {
  if (!frame) {
    frame = document.createElement("iframe");
    frame.title = title;
    frame.allow = "clipboard-write";
    const settings = new URLSearchParams({ title, color: colour ?? "", page: location.pathname });
    if (data.language) settings.set("language", data.language);
    frame.src = `${origin}/widget/?${settings}`;
    root.append(frame);
  }
  frame.hidden = false;
  dot.hidden = true;
  button.setAttribute("aria-expanded", "true");
  frame.focus();
  tell("opened");
}

function close(): void {
  if (frame) frame.hidden = true;
  button.setAttribute("aria-expanded", "false");
  button.focus();
  tell("closed");
}

function tell(type: "opened" | "closed"): void {
  frame?.contentWindow?.postMessage({ source: "aichatdesk", type }, origin);
}

function hear(message: FrameMessage): void {
  if (message?.source !== "aichatdesk") return;
  if (message.type === "close") close();
  else if (message.type === "unread" && frame?.hidden) dot.hidden = false;
}

button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
window.addEventListener("message", (event: MessageEvent<FrameMessage>) => {
  if (event.origin === origin && frame && event.source === frame.contentWindow) hear(event.data);
});
const mount = () => document.body.append(host);
if (document.body) mount();
else document.addEventListener("DOMContentLoaded", mount);
