// What the desk tells of its knowledge, as the API's description has it.

import type { components } from "../../protocol/openapi";

type Shapes = components["schemas"];

export type DocumentState = Shapes["DocumentState"];
export type DocumentRow = Shapes["DocumentRow"];
export type OneDocument = Shapes["ShownDocument"];
export type ChunkRow = Shapes["ShownChunk"];
export type ImportedPage = Shapes["ImportedPage"];
export type TakenIn = Shapes["UploadedDocument"];

export type Found = Shapes["Found"];
export type FoundPassage = Shapes["FoundPassage"];
export type Verdict = Shapes["ShownDecision"];

export type Suggestion = Shapes["ListedSuggestion"];
export type SuggestionState = Shapes["SuggestionState"];
export type Suggestions = Shapes["Suggestions"];
export type Learned = Shapes["Learned"];
export type Gap = Shapes["Gap"];
export type Gaps = Shapes["Gaps"];
export type ReEmbedding = Shapes["ReEmbedProgress"];
