import type { WidgetDraft } from "./widgetDraft";

/** The widget's own page with a draft of its settings in the address. */
export function previewAddress(draft: WidgetDraft, theme: "light" | "dark"): string {
  const given = new URLSearchParams({ preview: "1", color: draft.color, theme });
  const texts = { title: draft.title, language: draft.language, greeting: draft.greeting, away: draft.away };
  for (const [name, text] of Object.entries(texts)) if (text.trim()) given.set(name, text.trim());
  if (draft.privacyUrl) given.set("privacyUrl", draft.privacyUrl);
  for (const [field, asked] of Object.entries(draft.form)) given.set(`form.${field}`, asked);
  for (const question of draft.questions) if (question.trim()) given.append("question", question.trim());
  return `/widget/?${given}`;
}
