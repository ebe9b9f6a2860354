// What the desk tells of people, of its settings and of what it works with.

import type { Role } from "../api/session";

export interface Person {
  id: string;
  email: string;
  name: string;
  systemRole: Role;
  /** Names of teams. */
  roles: string[];
  managerId?: string;
  managerName: string;
  status: string;
  specialties: string[];
  office365Email: string;
  teamsEmail: string;
  lastLogin?: string;
}

export interface Team {
  id: string;
  name: string;
  description: string;
  icon: string;
  managerId?: string;
  managerName: string;
  agentCount: number;
}

export interface Invite {
  id: string;
  code: string;
  label: string;
  roles: string[];
  defaultManagerId: string | null;
  /** 0 is no limit. */
  maxUses: number;
  usedCount: number;
  expiresAt: string | null;
  createdAt: string;
}

export interface Category {
  _id: string;
  name: string;
  icon: string;
  prompt: string;
  active: boolean;
  sortOrder: number;
}

export interface CannedReply {
  id: string;
  title: string;
  content: string;
  category: string | null;
  shortcut: string | null;
  usageCount: number;
  createdBy: string;
  updatedAt: string;
}

export type Asked = "required" | "optional" | "hidden";

/** The desk's setting `widget`; what is not set has the widget's default. */
export interface WidgetSettings {
  company?: string | null;
  title?: string | null;
  greeting?: string | null;
  color?: string | null;
  position?: "right" | "left" | null;
  theme?: "auto" | "light" | "dark" | null;
  language?: string | null;
  privacyUrl?: string | null;
  away?: string | null;
  form?: { name: Asked; email: Asked; question: Asked } | null;
  questions?: string[] | null;
  features?: Features | null;
}

export interface Features {
  attachments: boolean;
  calls: boolean;
  transcript: boolean;
  rating: boolean;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

export interface DeskSettings {
  companyName?: string;
  greeting?: string;
  privacyUrl?: string;
  calendarEmail?: string | null;
  calendarTimeZone?: string | null;
  /** A day that is missing or null is a day off. */
  calendarHours?: Partial<Record<Weekday, [string, string] | null>> | null;
  calendarSlotMinutes?: number | null;
  widget?: WidgetSettings | null;
  /** Whether somebody has copied the snippet; kept for the list of first steps alone. */
  snippetCopied?: boolean;
}

export interface Snippet {
  html: string;
  src: string;
  integrity: string;
}

export type OutboxState = "dead" | "waiting" | "sent";

export interface OutboxItem {
  id: string;
  kind: string;
  title: string;
  chatId: string | null;
  state: OutboxState;
  attempts: number;
  lastError: string | null;
  reference: string | null;
  createdAt: string;
  settledAt: string | null;
}

export interface Outbox {
  items: OutboxItem[];
  counts: Record<OutboxState, number>;
}

export interface ModelState {
  model: string;
  host: string;
  state: "ready" | "failing";
}

export interface IntegrationStates {
  mail: {
    configured: boolean;
    from: string | null;
    waiting: number;
    failed: number;
    lastSentAt: string | null;
  };
  calendar: { configured: boolean; email: string | null; problem: string | null };
  tickets: { configured: boolean; repository: string | null };
  teams: { configured: boolean };
  identity: { configured: boolean };
  models: { chat: ModelState; embedding: ModelState };
}

export type Fact = string | number | boolean | null | string[];

export interface AuditEntry {
  id: number;
  at: string;
  actor: { id: string; name: string } | null;
  action: string;
  target: string | null;
  facts: Record<string, Fact>;
}

export interface AuditPage {
  entries: AuditEntry[];
  next: number | null;
  actions: string[];
}
