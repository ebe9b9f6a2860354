// What each role may do here, as the desk itself decides it: what one may not do is not offered.

import { atLeast, type Role, useSignedIn } from "../api/session";

const LEAST = {
  answerChats: "agent",
  manageAgents: "manager",
  inviteAgents: "manager",
  editTeams: "manager",
  manageCategories: "manager",
  readSettings: "manager",
  readOutbox: "manager",
  deactivateAgents: "admin",
  manageTeams: "admin",
  manageCannedReplies: "admin",
  changeSettings: "admin",
  manageOutbox: "admin",
  readAudit: "admin",
} as const satisfies Record<string, Role>;

export type Right = keyof typeof LEAST;

/** Whether a role has a right. */
export function mayDo(role: Role, right: Right): boolean {
  return atLeast(role, LEAST[right]);
}

/** Whether whoever is signed in has a right. */
export function useMay(): (right: Right) => boolean {
  const { systemRole } = useSignedIn();
  return (right) => mayDo(systemRole, right);
}

/** Who has a right, in words. */
export function whoMay(right: Right): string {
  return { agent: "everybody", manager: "managers and admins", admin: "admins" }[LEAST[right]];
}

export const ROLES: readonly { value: Role; label: string; about: string }[] = [
  { value: "agent", label: "Agent", about: "Answers chats and adds knowledge." },
  {
    value: "manager",
    label: "Manager",
    about: "Also leads teams: their people, invites, topics and what the assistant learns.",
  },
  { value: "admin", label: "Admin", about: "May do everything, settings and accounts included." },
];
