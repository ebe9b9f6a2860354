// What the command palette offers of the administration; known before its pages are loaded.

import {
  IconLink,
  IconMessage2,
  IconPlus,
  IconSettings,
  IconUserPlus,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Role } from "../api/session";
import { mayDo, type Right } from "./rights";
import { SETTINGS_LINKS, type SettingsLink } from "./settings/settingsLinks";

export interface Command extends SettingsLink {
  icon: TablerIcon;
}

const ACTS: readonly Command[] = [
  {
    link: "/people/invites/new",
    name: "Invite a colleague",
    words: "link sign up",
    right: "inviteAgents",
    icon: IconLink,
  },
  {
    link: "/people/new",
    name: "New person",
    words: "account agent",
    right: "manageAgents",
    icon: IconUserPlus,
  },
  { link: "/people/teams/new", name: "New team", words: "group", right: "manageTeams", icon: IconPlus },
  {
    link: `${SETTINGS_LINKS.replies.link}/new`,
    name: "New canned reply",
    words: "template text",
    right: "manageCannedReplies",
    icon: IconPlus,
  },
  {
    link: `${SETTINGS_LINKS.topics.link}/new`,
    name: "New category",
    words: "topic prompt",
    right: "manageCategories",
    icon: IconPlus,
  },
  {
    link: `${SETTINGS_LINKS.widget.link}/snippet`,
    name: "Copy the widget's snippet",
    words: "embed code line",
    right: "readSettings",
    icon: IconMessage2,
  },
];
const PAGES: readonly Command[] = Object.values(SETTINGS_LINKS).map((page) => ({
  ...page,
  icon: IconSettings,
}));

/** What somebody of a role may do and set. */
export function commandsFor(role: Role): Command[] {
  const may = ({ right }: { right?: Right }) => !right || mayDo(role, right);
  return [...ACTS, ...PAGES].filter(may);
}
