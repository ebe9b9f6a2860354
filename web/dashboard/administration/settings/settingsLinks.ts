// The pages of the settings by name; the command palette lists them before any of them is loaded.

import type { Right } from "../rights";

export interface SettingsLink {
  link: string;
  name: string;
  /** Other words by which somebody may look for it. */
  words: string;
  /** Who may see it; absent is everybody. */
  right?: Right;
}

export const SETTINGS_LINKS = {
  start: {
    link: "/settings/getting-started",
    name: "Getting started",
    words: "first steps checklist setup",
    right: "changeSettings",
  },
  account: { link: "/settings/account", name: "My account", words: "password name address profile" },
  company: {
    link: "/settings/company",
    name: "Company and hours",
    words: "calendar time zone working hours name",
    right: "readSettings",
  },
  topics: {
    link: "/settings/categories",
    name: "Categories",
    words: "topics prompt icon order",
    right: "manageCategories",
  },
  replies: { link: "/settings/canned-replies", name: "Canned replies", words: "templates shortcuts texts" },
  widget: {
    link: "/settings/widget",
    name: "Widget",
    words: "designer colour greeting snippet embed form",
    right: "readSettings",
  },
  integrations: {
    link: "/settings/integrations",
    name: "Integrations",
    words: "mail calendar teams github models hosts",
    right: "readSettings",
  },
  calls: {
    link: "/settings/booked-calls",
    name: "Booked calls",
    words: "calendar meetings appointments demos coming",
  },
  outbox: {
    link: "/settings/outbox",
    name: "Outbox",
    words: "mail failed retry delivery",
    right: "readOutbox",
  },
  audit: {
    link: "/settings/audit",
    name: "Audit list",
    words: "who did what log history",
    right: "readAudit",
  },
} as const satisfies Record<string, SettingsLink>;
