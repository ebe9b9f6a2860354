// What the inbox reads and no description of the API names yet.

import type { ChatRow } from "../../protocol/deskSocket";
import type { Source } from "../../protocol/events";

/** A chat that holds the searched words, and the message that does. */
export interface FoundChat extends Omit<ChatRow, "waitTime"> {
  matchSnippet: string | null;
  matchType: "message" | "userName" | "userEmail" | "summary" | "unknown";
}

export interface CannedReply {
  id: string;
  title: string;
  content: string;
  category: string | null;
  shortcut: string | null;
  usageCount: number;
}

/** A workflow category, as visitors may pick one. */
export interface Category {
  _id: string;
  name: string;
  icon: string;
}

export interface VisitorInfo {
  browser: { name: string; version: string };
  os: { name: string; version: string };
  device: { type: string };
}

export interface EarlierChat {
  sessionId: string;
  startedAt: string;
  endedAt: string | null;
  status: ChatRow["status"];
  summary: string | null;
  firstQuestion: string | null;
  rating: number | null;
}

export interface UploadedFile {
  filename: string;
  originalName: string;
  url: string;
  type: string;
  size: number;
}

/** What the stream of a suggested reply tells. */
export type SuggestionEvent =
  | { type: "queued"; place: number }
  | { type: "sources"; sources: Source[] }
  | { type: "draft"; text: string }
  | { type: "finished"; text: string }
  | { type: "failed"; code: string };
