// The eleven steps of a migration to models of one's own, in their order.

export interface Step {
  id: string;
  name: string;
  why: string;
  command: string;
  /** Where its evidence is, for a step that can be taken although it has no page here yet. */
  now?: string;
}

export const STEPS = [
  {
    id: "plan",
    name: "Plan",
    why: "Tells before anything is bought or installed which model fits the machine, how fast it will answer, and which promises will hold.",
    command: "aichatdesk plan",
    now: "With --html plan.html its report is a page in a file",
  },
  {
    id: "verify",
    name: "Verify",
    why: "Asks the new model servers everything that the desk relies on, and says what to change where one does not do it.",
    command: "aichatdesk verify",
    now: "Its report is printed, with --json for other programs",
  },
  {
    id: "reindex",
    name: "Re-index",
    why: "Builds a second index with the new embedding model beside the live one, and shows what it would find differently.",
    command: "aichatdesk kb reindex",
  },
  {
    id: "evaluate",
    name: "Evaluate",
    why: "Puts a set of questions to the new model and counts the right facts, refusals, languages and sources.",
    command: "aichatdesk eval run SET",
  },
  {
    id: "compare",
    name: "Compare",
    why: "Sets the old and the new side by side on the same questions, with the uncertainty of every difference.",
    command: "aichatdesk eval compare A B",
  },
  {
    id: "calibrate",
    name: "Calibrate",
    why: "Makes the assistant's confidence mean what it says, and chooses the threshold for hand-over from labelled answers.",
    command: "aichatdesk eval calibrate RUN",
  },
  {
    id: "benchmark",
    name: "Benchmark",
    why: "Measures time to the first words, speed, errors and cost with one visitor and with many.",
    command: "aichatdesk bench",
  },
  {
    id: "gate",
    name: "Gate",
    why: "Says GO or NO-GO from the evidence of the steps above. Evidence that is missing means NO-GO.",
    command: "aichatdesk migrate gate",
  },
  {
    id: "cutover",
    name: "Cut over",
    why: "Changes model, index and threshold in one step, tries one answer, and returns by itself if that fails.",
    command: "aichatdesk migrate cutover",
  },
  {
    id: "rollback",
    name: "Roll back",
    why: "The same in reverse, within seconds: nothing is embedded again. Rehearse it before it is needed.",
    command: "aichatdesk migrate rollback",
  },
  {
    id: "cleanup",
    name: "Clean up",
    why: "Finds keys of the cloud that are still configured, says what to revoke where, and proves where the desk's traffic goes.",
    command: "aichatdesk migrate cleanup",
  },
] as const satisfies readonly Step[];

export type StepId = (typeof STEPS)[number]["id"];
