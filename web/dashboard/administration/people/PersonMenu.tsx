import { ActionIcon, Menu } from "@mantine/core";
import { IconDotsVertical, IconKey, IconPencil, IconUserOff } from "@tabler/icons-react";
import { useLocation } from "wouter";
import { useSignedIn } from "../../api/session";
import { useMay } from "../rights";
import type { Person } from "../shapes";

/** What can be done with an account; one's own is under "My account". */
export function PersonMenu({ person }: { person: Person }) {
  const [, go] = useLocation();
  const me = useSignedIn();
  const may = useMay();
  const own = person.id === me.id;
  const at = `/people/${person.id}`;
  // A manager is listed among their people and may change nothing of themselves here.
  if (own && me.systemRole !== "admin") return <span />;
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${person.name}`}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => go(`${at}/edit`)}>
          Edit
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKey size={16} />}
          onClick={() => go(own ? "/settings/account" : `${at}/password`)}
        >
          {own ? "Change my password" : "Set a new password"}
        </Menu.Item>
        {may("deactivateAgents") && !own && (
          <Menu.Item
            c="var(--bad)"
            leftSection={<IconUserOff size={16} />}
            onClick={() => go(`${at}/deactivate`)}
          >
            Deactivate
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
