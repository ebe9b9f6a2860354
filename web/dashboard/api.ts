// The dashboard's calls; the browser's cookie says who is asking.

import { Refused } from "../protocol/refused";

export interface Agent {
  id: string;
  name: string;
  email: string;
  systemRole: string;
}

export interface ChatRow {
  _id: string;
  sessionId: string;
  userName: string;
  userEmail: string;
  status: "active" | "waiting" | "closed";
  mode: "ai" | "human";
  waitTime: number;
  startedAt: string;
  assignedAgent?: { _id: string; name: string } | null;
  endedAt?: string;
  category?: string;
  sentiment?: string;
  priority: string;
  rating?: number;
  metadata: {
    currentPage?: string;
    userAgent?: string;
    profanity?: boolean;
    environment?: { language?: string; platform?: string } | null;
  };
}

export interface DocumentRow {
  id: string;
  originalName: string;
  fileType: string;
  chunkCount: number;
  state: "embedded" | "pending" | "failed";
  stateReason?: string;
}

export interface PassageRow {
  documentId: string;
  document: string;
  section: string;
  text: string;
  score: number;
}

export class NotSignedIn extends Error {}

async function call<T>(method: string, path: string, body?: object | FormData): Promise<T> {
  const init: RequestInit = { method };
  if (body instanceof FormData) init.body = body;
  else if (body) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  const reply = await fetch(path, init);
  if (reply.status === 401 && path !== "/api/agents/login") throw new NotSignedIn();
  if (!reply.ok) throw await Refused.from(reply);
  return (await reply.json().catch(() => ({}))) as T;
}

export const api = {
  me: () => call<{ agent: Agent }>("GET", "/api/agents/me"),
  login: (email: string, password: string) =>
    call<{ agent: Agent }>("POST", "/api/agents/login", { email, password }),
  logout: () => call("POST", "/api/agents/logout"),
  chats: () => call<ChatRow[]>("GET", "/api/dashboard/chats"),
  takeOver: (chat: ChatRow) => call("POST", `/api/chat/${chat.sessionId}/takeover`),
  giveBack: (chat: ChatRow) => call("POST", `/api/chat/${chat.sessionId}/return-to-ai`),
  end: (chat: ChatRow) => call("POST", `/api/messages/chat/${chat.sessionId}/end`, {}),
  reply: (chat: ChatRow, content: string, isInternal: boolean) =>
    call("POST", "/api/messages", { chatId: chat._id, content, sender: "agent", isInternal }),
  documents: () => call<DocumentRow[]>("GET", "/api/knowledge"),
  upload: (file: File) => {
    const form = new FormData();
    form.append("file", file);
    return call<{ filename: string; state: string }>("POST", "/api/knowledge/upload", form);
  },
  search: (question: string) =>
    call<{ passages: PassageRow[] }>(
      "GET",
      `/api/v1/knowledge/search?limit=6&q=${encodeURIComponent(question)}`,
    ),
  remove: (id: string) => call("DELETE", `/api/knowledge/${id}`),
};
