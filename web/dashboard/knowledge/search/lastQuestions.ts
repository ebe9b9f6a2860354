import { useState } from "react";
import { useSignedIn } from "../../api/session";
import { keep, readKept } from "../useDraft";

const KEPT = 8;

/** The last questions that one account has tried in this browser, newest first. */
export function useLastQuestions() {
  const key = `aichatdesk.questions.${useSignedIn().id}`;
  const [questions, setQuestions] = useState<string[]>(() => readKept<string[]>(key) ?? []);
  const change = (next: string[]) => {
    setQuestions(next);
    keep(key, next);
  };
  return {
    questions,
    add: (question: string) =>
      change([question, ...questions.filter((one) => one !== question)].slice(0, KEPT)),
    forget: () => change([]),
  };
}
