// Every page of the dashboard: its place, its name, who may see it. What is large is loaded when it is opened.

import {
  IconBook2,
  IconChartBar,
  IconInbox,
  IconRoute,
  IconSettings,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import type { Role } from "../api/session";
import { Inbox } from "../inbox/Inbox";

export interface PageEntry {
  /** Where it is; `/knowledge/*?` also holds the pages under it. */
  path: string;
  link: string;
  name: string;
  icon: TablerIcon;
  /** The second key after `g`. */
  key: string;
  least: Role;
  component: ComponentType;
}

export const PAGES: readonly PageEntry[] = [
  {
    path: "/inbox/*?",
    link: "/inbox",
    name: "Inbox",
    icon: IconInbox,
    key: "i",
    least: "agent",
    component: Inbox,
  },
  {
    path: "/knowledge/*?",
    link: "/knowledge",
    name: "Knowledge",
    icon: IconBook2,
    key: "k",
    least: "agent",
    component: lazy(() => import("../knowledge/Knowledge")),
  },
  {
    path: "/analytics/*?",
    link: "/analytics",
    name: "Analytics",
    icon: IconChartBar,
    key: "a",
    least: "agent",
    component: lazy(() => import("../analytics/Analytics")),
  },
  {
    path: "/people/*?",
    link: "/people",
    name: "People",
    icon: IconUsers,
    key: "p",
    least: "manager",
    component: lazy(() => import("../administration/People")),
  },
  {
    path: "/settings/*?",
    link: "/settings",
    name: "Settings",
    icon: IconSettings,
    key: "s",
    least: "agent",
    component: lazy(() => import("../administration/Settings")),
  },
  {
    path: "/migration/*?",
    link: "/migration",
    name: "Migration",
    icon: IconRoute,
    key: "m",
    least: "admin",
    component: lazy(() => import("../migration/Migration")),
  },
];
