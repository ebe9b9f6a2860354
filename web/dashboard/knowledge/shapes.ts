// What the knowledge pages read of the desk.

export type DocumentState = "pending" | "embedded" | "failed";

export interface DocumentRow {
  id: string;
  originalName: string;
  fileType: string;
  fileSize?: number;
  chunkCount: number;
  language: string;
  state: DocumentState;
  stateReason?: string;
  stale?: boolean;
  staleReason?: string | null;
  sourceUrl?: string | null;
  uploadedAt: string;
}

/** A chunk; `start` and `end` are code points in the text that is found. */
export interface ChunkRow {
  _id: string;
  text: string;
  section: string;
  start: number;
  end: number;
}

export interface OneDocument extends Omit<DocumentRow, "chunkCount"> {
  /** The newest text, also where it cannot be found yet. */
  content: string;
  chunks: ChunkRow[];
}

/** What became of something that was taken in. */
export interface TakenIn {
  id: string;
  state: DocumentState;
  stateReason?: string;
  chunks: number;
}

export interface FoundPassage {
  text: string;
  document: string;
  documentId: string;
  section: string;
  start: number;
  score: number;
  cosine: number;
  lexical: number;
  language: string;
  /** What found it; `words` are the question's, `forms` the same as they stand in the text. */
  why?: { vectorRank: number | null; lexicalRank: number | null; words: string[]; forms: string[] };
}

/** What the assistant would do; `relevance` (0..1) is how surely the passages speak of the question. */
export interface Verdict {
  answers: boolean;
  code: string;
  reason: string;
  relevance: number;
  threshold: number;
}

export interface Found {
  passages: FoundPassage[];
  decision?: Verdict;
}

export type SuggestionState = "pending" | "accepted" | "rejected";

export interface Suggestion {
  id: string;
  question: string;
  answer: string;
  state: SuggestionState;
  sessionId?: string | null;
  createdAt: string;
  decidedAt: string | null;
  documentId: string | null;
}

export interface Suggestions {
  suggestions: Suggestion[];
  counts: Record<SuggestionState, number>;
}

/** Where a pair is kept; `merged` if it joined a document that says the same. */
export interface Learned {
  id: string;
  merged: boolean;
  state: DocumentState;
  stateReason?: string | null;
}

export interface Gap {
  id: string;
  question: string;
  count: number;
  lastAskedAt: string;
  reasons: string[];
  examples: { sessionId: string; text: string; at: string }[];
}

export interface Gaps {
  gaps: Gap[];
  /** Questions that wait for the embedding model. */
  ungrouped?: number;
}

export interface ReEmbedding {
  running: boolean;
  done: number;
  total: number;
  failed: number;
  startedAt: string | null;
  failures?: { documentId: string; document: string; reason: string }[];
}
