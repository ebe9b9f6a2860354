import { useState } from "react";
import { readKept } from "../useDraft";

const KEY = "aichatdesk.questions";
const KEPT = 8;

/** The last questions that were tried in this browser, newest first. */
export function useLastQuestions() {
  const [questions, setQuestions] = useState<string[]>(() => readKept<string[]>(KEY) ?? []);
  const keep = (next: string[]) => {
    setQuestions(next);
    localStorage.setItem(KEY, JSON.stringify(next));
  };
  return {
    questions,
    add: (question: string) =>
      keep([question, ...questions.filter((one) => one !== question)].slice(0, KEPT)),
    forget: () => keep([]),
  };
}
