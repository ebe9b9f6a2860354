import { IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../parts/States";
import { useMayTeach } from "../reads";

/** Shows something to managers and admins, and tells others why it is not for them. */
export function ForManagers({ what, children }: { what: string; children: ReactNode }) {
  if (useMayTeach()) return children;
  return (
    <Empty icon={<IconLock size={28} stroke={1.6} />} title={`${what} are for managers and admins`}>
      Your account is an agent's. You can add, edit and delete documents, and try questions; ask a manager to
      decide on what the assistant learns.
    </Empty>
  );
}
