// GET /api/v1/analytics, as the API's description has it.

import type { components } from "../../protocol/openapi";

type Shapes = components["schemas"];

export type Report = Shapes["Report"];
export type Day = Shapes["DayCount"];
export type ResponseTimes = Shapes["ResponseTimes"];
