// What somebody did, as a sentence that begins with their name.

import { exactly } from "../parts/Moment";
import type { AuditEntry, Fact } from "../shapes";

type Say = (target: string, facts: Record<string, Fact>) => string;

const FIELDS: Record<string, string> = {
  name: "name",
  email: "e-mail address",
  system_role: "role",
  roles: "teams",
  manager_id: "manager",
  specialties: "specialties",
  teams_email: "address in Teams",
  office365_email: "address in Office 365",
  password: "password",
  status: "status",
  title: "title",
  content: "text",
  category: "kind",
  shortcut: "shortcut",
  prompt: "prompt",
  icon: "icon",
  active: "whether visitors see it",
  sortOrder: "place in the list",
  description: "description",
};
const SETTINGS: Record<string, string> = {
  widget: "the widget",
  companyName: "the company's name",
  calendarEmail: "whose calendar it is",
  calendarTimeZone: "the time zone",
  calendarHours: "the working hours",
  calendarSlotMinutes: "the length of a meeting",
  snippetCopied: "that the snippet was copied",
};
const ROLES: Record<string, string> = { admin: "an admin", manager: "a manager", agent: "an agent" };

const SENTENCES: Record<string, Say> = {
  "desk.set_up": (target) => `set up this desk with the account ${target}`,
  "agent.signed_in": () => "signed in",
  "agent.sign_in_failed": (target, { account }) =>
    account
      ? `failed to sign in as ${account}, from ${target}`
      : `failed to sign in with an address that has no account, from ${target}`,
  "agent.signed_out": () => "signed out",
  "agent.created": (target, { role }) =>
    `made the account ${target}${typeof role === "string" ? `, ${ROLES[role] ?? role}` : ""}`,
  "agent.signed_up": (target) => `signed up with an invite, as ${target}`,
  "agent.changed": (target, { fields, role }) =>
    `changed ${words(fields, FIELDS)} of ${target}${typeof role === "string" ? `, who is ${ROLES[role] ?? role} now` : ""}`,
  "agent.deactivated": (target) => `deactivated the account ${target}`,
  "agent.password_changed": () => "changed their own password",
  "agent.password_reset": (target) => `set a new password for ${target}`,
  "team.created": (target) => `made the team ${target}`,
  "team.changed": (target, { fields }) => `changed ${words(fields, FIELDS)} of the team ${target}`,
  "team.deleted": (target) => `deleted the team ${target}`,
  "invite.created": (target, { teams }) =>
    `made an invite${quoted(target)}${Array.isArray(teams) && teams.length > 0 ? ` to ${list(teams)}` : ""}`,
  "invite.taken_back": (target) => `took back the invite${quoted(target)}`,
  "category.created": (target) => `made the category ${target}`,
  "category.changed": (target, { fields }) => `changed ${words(fields, FIELDS)} of the category ${target}`,
  "category.deleted": (target) => `deleted the category ${target}`,
  "canned_response.created": (target) => `wrote the canned reply${quoted(target)}`,
  "canned_response.changed": (target, { fields }) =>
    `changed ${words(fields, FIELDS)} of the canned reply${quoted(target)}`,
  "canned_response.deleted": (target) => `deleted the canned reply${quoted(target)}`,
  "settings.changed": (_, { keys }) => `changed ${words(keys, SETTINGS)} in the settings`,
  "document.added": (target) => `added the document${quoted(target)}`,
  "document.edited": (target) => `edited the document${quoted(target)}`,
  "document.deleted": (target) => `deleted the document${quoted(target)}`,
  "knowledge.pushed": () => "taught the assistant an answer",
  "knowledge.re_embedded": (_, { documents }) =>
    `had ${documents === 1 ? "a document" : `${documents} documents`} embedded again`,
  "gap.answered": () => "answered a gap in the knowledge",
  "gap.dismissed": () => "dismissed a gap in the knowledge",
  "suggestion.accepted": () => "accepted a suggestion for the knowledge",
  "suggestion.rejected": () => "rejected a suggestion for the knowledge",
  "chat.deleted": (_, { messages }) =>
    `deleted a chat${typeof messages === "number" ? ` of ${messages} messages` : ""}`,
  "meeting.called_off": (_, { start }) =>
    `called off the meeting${typeof start === "string" ? ` of ${exactly(start)}` : ""}`,
  "outbox.retried": (_, { kind }) => `had ${sent(kind)} sent again`,
  "outbox.discarded": (_, { kind }) => `discarded ${sent(kind)} from the outbox`,
};

/** The acts that have a sentence. */
export const TOLD_ACTS: readonly string[] = Object.keys(SENTENCES);

/** What was done, without who did it; an act that is not known here keeps its own name. */
export function whatWasDone({
  action,
  target,
  facts,
}: Pick<AuditEntry, "action" | "target" | "facts">): string {
  const say = SENTENCES[action];
  return say ? say(target ?? "", facts) : `${actName(action)}${quoted(target ?? "")}`;
}

/** Who did it. */
export function whoDidIt({ actor }: AuditEntry): string {
  return actor?.name ?? "Somebody";
}

/** An act's name for a list to pick from: `agent.signed_in` is "Agent: signed in". */
export function actName(action: string): string {
  const [what = "", act = ""] = action.split(".");
  return `${capital(what.replace("_", " ").replace("response", "reply"))}: ${act.replaceAll("_", " ")}`;
}

/** Facts that the sentence does not tell, such as ids. */
export function furtherFacts({ target, action, facts }: AuditEntry): string[] {
  const isId = target && /^[0-9a-f]{24}$/.test(target);
  return [
    ...(isId && !("id" in facts) ? [`${action.split(".")[0]} ${target}`] : []),
    ...Object.entries(facts)
      .filter(([name]) => ["id", "invite", "type"].includes(name))
      .map(([name, fact]) => `${name} ${fact}`),
  ];
}

function words(given: Fact | undefined, names: Record<string, string>): string {
  if (!Array.isArray(given) || given.length === 0) return "nothing";
  return list(given.map((one) => names[one] ?? one));
}

function list(all: string[]): string {
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

function quoted(text: string): string {
  return text ? ` “${text}”` : "";
}

function sent(kind: Fact | undefined): string {
  const kinds: Record<string, string> = {
    mail: "a mail",
    ticket: "a ticket",
    teams_card: "a card in Teams",
    teams_message: "a message in Teams",
    calendar_cancel: "a cancellation in the calendar",
  };
  return kinds[String(kind)] ?? "an item";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
