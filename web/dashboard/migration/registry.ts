// What shows the evidence of a step. A page of a step is one entry of `EVIDENCE`; the checklist, its link, its
// address and its state follow from that.

import type { ComponentType } from "react";
import type { StepId } from "./steps";

/** How far a step is; a step without an entry below has no evidence yet. */
export type StepState =
  | { is: "none" }
  | { is: "running"; done: number; total: number | null }
  /** `says` is the verdict in a sentence, `at` when it was reached. */
  | { is: "passed" | "failed"; says: string; at: string };

export interface EvidencePage {
  step: StepId;
  /** Its place under `/migration/`. */
  path: string;
  name: string;
  kind: "report" | "progress" | "egress";
  /** Asks the desk how far the step is. */
  state: (signal: AbortSignal) => Promise<StepState>;
  /** Loaded when it is opened: `lazy(() => import(...))`. */
  component: ComponentType;
}

/** No step has a page of its own yet. */
export const EVIDENCE: readonly EvidencePage[] = [];
