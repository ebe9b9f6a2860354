// What the frame and the page around it say to each other; nothing of what is written in a chat.

export type Happened =
  | { name: "chatStarted" | "chatEnded"; detail?: Record<string, never> }
  | { name: "message"; detail: { from: "visitor" | "assistant" | "agent" } }
  | { name: "unread"; detail: { count: number } }
  | { name: "rated"; detail: { rating: number } };
export type ToHost = { type: "ready" | "close" | "begun" | "over" } | ({ type: "event" } & Happened);

export type FromHost =
  | { type: "opened"; focus: boolean; page: string }
  | { type: "closed" }
  | { type: "draft"; text: string }
  | { type: "identify"; token: string };

const LONGEST = 8000;
const alone = window.parent === window;
const origin = new URLSearchParams(location.search).get("host") ?? "";
// A page without an origin of its own, such as a file, cannot be named as a receiver.
const receiver = /^https?:\/\//.test(origin) ? origin : "*";

/** Tell the page around us. */
export function tellHost(message: ToHost): void {
  if (!alone) window.parent.postMessage({ source: "aichatdesk", ...message }, receiver);
}

/** Tell the page around us of something that its own scripts may wait for. */
export function happened(what: Happened): void {
  tellHost({ type: "event", ...what });
}

/** Hear the page around us and nobody else; it may ask for the focus and suggest a question, not send one. */
export function hearHost(hear: (message: FromHost) => void): () => void {
  const onMessage = (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || (receiver !== "*" && event.origin !== receiver)) return;
    const message = checked(event.data);
    if (message) hear(message);
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}

function checked(data: unknown): FromHost | null {
  if (typeof data !== "object" || data === null) return null;
  const { source, type, focus, page, text, token } = data as Record<string, unknown>;
  if (source !== "aichatdesk") return null;
  const short = (value: unknown): value is string => typeof value === "string" && value.length <= LONGEST;
  if (type === "opened") return { type, focus: focus === true, page: short(page) ? page : "" };
  if (type === "closed") return { type };
  if (type === "draft" && short(text)) return { type, text };
  if (type === "identify" && short(token)) return { type, token };
  return null;
}
