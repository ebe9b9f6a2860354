// What the inbox reads, as the API's description has it.

import type { components } from "../../protocol/openapi";

type Shapes = components["schemas"];

export type CannedReply = Shapes["CannedResponse"];
export type UploadedFile = Shapes["UploadedFile"];
/** What the stream of a suggested reply tells. */
export type SuggestionEvent = Shapes["ReplyEvent"];
