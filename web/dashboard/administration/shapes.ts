// What the desk tells of people, of its settings and of what it works with, as the API's description has it.

import type { components } from "../../protocol/openapi";

type Shapes = components["schemas"];

export type Person = Shapes["Person"];
export type Team = Shapes["Team"];
export type Invite = Shapes["Invite"];
export type Category = Shapes["Category"];
export type CannedReply = Shapes["CannedResponse"];

export type DeskSettings = Shapes["DeskSettings"];
export type WidgetSettings = NonNullable<DeskSettings["widget"]>;
type FormSettings = NonNullable<WidgetSettings["form"]>;
export type Asked = NonNullable<FormSettings["name"]>;
export type Features = Required<NonNullable<WidgetSettings["features"]>>;
export type Weekday = keyof NonNullable<DeskSettings["calendarHours"]>;

export type Outbox = Shapes["Outbox"];
export type OutboxItem = Shapes["OutboxItem"];
export type OutboxState = OutboxItem["state"];

export type IntegrationStates = Shapes["Integrations"];
export type ModelState = Shapes["ModelState"];

export type BookedMeeting = Shapes["BookedMeeting"];

export type AuditEntry = Shapes["AuditEntry"];
export type Act = Shapes["Act"];
export type Fact = AuditEntry["facts"][string];
