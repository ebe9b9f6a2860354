// What the frame and the page around it say to each other; nothing of what is written in a chat.

export type ToHost =
  | { type: "ready" | "close" | "begun" | "over" | "started" | "ended" }
  | { type: "message"; from: "visitor" | "assistant" | "agent" }
  | { type: "unread"; count: number }
  | { type: "rated"; rating: number };

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
  if (type === "opened" && short(page)) return { type, focus: focus === true, page };
  if (type === "closed") return { type };
  if (type === "draft" && short(text)) return { type, text };
  if (type === "identify" && short(token)) return { type, token };
  return null;
}
