// The widget's settings as the designer edits them: every field is there, empty where nothing is set.

import type { Asked, DeskSettings, Features, WidgetSettings } from "../shapes";

export interface WidgetDraft {
  title: string;
  company: string;
  greeting: string;
  away: string;
  color: string;
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
  /** Empty: as the page or the browser says. */
  language: string;
  privacyUrl: string;
  form: { name: Asked; email: Asked; question: Asked };
  questions: string[];
  features: Features;
}

export const OWN_COLOUR = "#0b6e5f";
export const MOST_QUESTIONS = 4;
const ASKED = { name: "required", email: "required", question: "hidden" } as const;
const ALL = { attachments: true, calls: true, transcript: true, rating: true };

/** What the widget shows now; older names count where the object says nothing. */
export function draftOf({ widget, greeting, privacyUrl }: DeskSettings): WidgetDraft {
  const set = widget ?? {};
  return {
    title: set.title ?? "",
    company: set.company ?? "",
    greeting: set.greeting ?? greeting ?? "",
    away: set.away ?? "",
    color: set.color ?? OWN_COLOUR,
    position: set.position ?? "right",
    theme: set.theme ?? "auto",
    language: set.language ?? "",
    privacyUrl: set.privacyUrl ?? privacyUrl ?? "",
    form: { ...ASKED, ...set.form },
    questions: set.questions ?? [],
    features: { ...ALL, ...set.features },
  };
}

/** As the desk keeps it: what is empty is not set. */
export function settingsOf(draft: WidgetDraft): WidgetSettings {
  const { title, company, greeting, away, language, privacyUrl, ...others } = draft;
  const texts = { title, company, greeting, away, language, privacyUrl };
  const set = Object.entries(texts).map(([name, text]) => [name, text.trim() || null]);
  return {
    ...others,
    ...Object.fromEntries(set),
    questions: draft.questions.map((question) => question.trim()).filter(Boolean),
  };
}
