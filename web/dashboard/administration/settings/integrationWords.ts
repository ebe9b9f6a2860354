import { ago } from "../../../common/ago";
import type { IntegrationStates } from "../shapes";

/** How it goes with mail, in a sentence or two. */
export function mailWords({ from, waiting, failed, lastSentAt }: IntegrationStates["mail"]): string {
  const last = lastSentAt ? `the last one went out ${ago(lastSentAt)}` : "none has gone out lately";
  const open = [
    ...(waiting > 0 ? [`${waiting} on the way`] : []),
    ...(failed > 0 ? [`${failed} could not be sent`] : []),
  ];
  return `Mails are sent as ${from}; ${last}.${open.length > 0 ? ` Now ${open.join(" and ")}.` : ""}`;
}
