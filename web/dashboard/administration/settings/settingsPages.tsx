import {
  IconBuilding,
  IconCalendarEvent,
  IconCategory,
  IconChecklist,
  IconHistory,
  IconMailForward,
  IconMessage2,
  IconPlug,
  IconTemplate,
  IconUserCircle,
  type TablerIcon,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import { WidgetDesigner } from "../widget/WidgetDesigner";
import { Account } from "./Account";
import { BookedCalls } from "./BookedCalls";
import { CannedReplies } from "./CannedReplies";
import { Categories } from "./Categories";
import { Company } from "./Company";
import { GettingStarted } from "./GettingStarted";
import { Integrations } from "./Integrations";
import { OutboxPage } from "./OutboxPage";
import { SETTINGS_LINKS as LINKS, type SettingsLink } from "./settingsLinks";

export interface SettingsPage extends SettingsLink {
  icon: TablerIcon;
  group: string;
  component: ComponentType;
}

export const SETTINGS_PAGES: readonly SettingsPage[] = [
  { ...LINKS.account, icon: IconUserCircle, group: "You", component: Account },
  { ...LINKS.start, icon: IconChecklist, group: "Desk", component: GettingStarted },
  { ...LINKS.company, icon: IconBuilding, group: "Desk", component: Company },
  { ...LINKS.topics, icon: IconCategory, group: "Desk", component: Categories },
  { ...LINKS.replies, icon: IconTemplate, group: "Desk", component: CannedReplies },
  { ...LINKS.widget, icon: IconMessage2, group: "Desk", component: WidgetDesigner },
  { ...LINKS.integrations, icon: IconPlug, group: "Connections", component: Integrations },
  { ...LINKS.calls, icon: IconCalendarEvent, group: "Connections", component: BookedCalls },
  { ...LINKS.outbox, icon: IconMailForward, group: "Connections", component: OutboxPage },
  {
    ...LINKS.audit,
    icon: IconHistory,
    group: "Record",
    component: lazy(() => import("./AuditList")),
  },
];
