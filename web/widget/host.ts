// What the frame and the page around it say to each other.

type ToHost = "ready" | "close" | "unread" | "begun" | "over";
type FromHost =
  | { source: "aichatdesk"; type: "opened"; focus: boolean }
  | { source: "aichatdesk"; type: "closed" }
  | { source: "aichatdesk"; type: "draft"; text: string };

/** Tell the page around us; no message carries anything of the conversation. */
export function tellHost(type: ToHost): void {
  if (window.parent !== window) window.parent.postMessage({ source: "aichatdesk", type }, "*");
}

/** Hear the page around us and nobody else; it may ask for the focus and suggest a question, not send one. */
export function hearHost(hear: (message: FromHost) => void): () => void {
  const onMessage = (event: MessageEvent<FromHost>) => {
    if (event.source !== window.parent || event.data?.source !== "aichatdesk") return;
    if (event.data.type === "draft" && typeof event.data.text !== "string") return;
    hear(event.data);
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}
