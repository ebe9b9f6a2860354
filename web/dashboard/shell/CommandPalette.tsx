import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { commandsFor } from "../administration/commands";
import { useChats } from "../api/desk";
import { useSignedIn } from "../api/session";
import type { PageEntry } from "./pages";

const MOST_CHATS = 50;

export const openPalette = spotlight.open;

/** Go anywhere by typing its name: pages, and the chats that are open. */
export function CommandPalette({ pages }: { pages: readonly PageEntry[] }) {
  const [, go] = useLocation();
  const { data: chats } = useChats();
  const { systemRole } = useSignedIn();
  const actions = useMemo(
    () => [
      {
        group: "Pages",
        actions: pages.map((page) => ({
          id: page.link,
          label: page.name,
          leftSection: <page.icon size={20} stroke={1.6} />,
          onClick: () => go(page.link),
        })),
      },
      {
        group: "Do and set",
        actions: commandsFor(systemRole).map((command) => ({
          id: command.link,
          label: command.name,
          keywords: command.words,
          leftSection: <command.icon size={20} stroke={1.6} />,
          onClick: () => go(command.link),
        })),
      },
      {
        group: "Chats",
        actions: (chats ?? []).slice(0, MOST_CHATS).map((chat) => ({
          id: chat.sessionId,
          label: chat.userName,
          description: chat.summary ?? chat.userEmail,
          onClick: () => go(`/inbox/${chat.sessionId}`),
        })),
      },
    ],
    [pages, chats, systemRole, go],
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      nothingFound="Nothing has that name."
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: "Go to a page or a chat …",
        "aria-label": "Go to a page or a chat",
      }}
    />
  );
}
