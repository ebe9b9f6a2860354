import type { WidgetDraft } from "./widgetDraft";

export interface Seen {
  theme: "light" | "dark";
  /** Whether somebody is at the desk. */
  staffed: boolean;
}

/** A draft in the form in which the widget hears of its settings; `company` is the desk's own name. */
export function previewConfig(draft: WidgetDraft, seen: Seen, company: string) {
  const text = (given: string) => given.trim() || null;
  return {
    company: text(draft.company) ?? text(company),
    title: text(draft.title),
    greeting: text(draft.greeting),
    color: draft.color,
    position: draft.position,
    theme: draft.theme === "auto" ? seen.theme : draft.theme,
    language: text(draft.language),
    privacyUrl: text(draft.privacyUrl),
    form: draft.form,
    questions: draft.questions.map((question) => question.trim()).filter(Boolean),
    desk: { staffed: seen.staffed, away: text(draft.away) },
  };
}
