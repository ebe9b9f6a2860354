import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { commandsFor } from "../administration/commands";
import { useChats } from "../api/desk";
import { useSignedIn } from "../api/session";
import { useChosenChat } from "../inbox/chosenChat";
import { useOpenChats } from "../inbox/openChats";
import type { PageEntry } from "./pages";

/** So many are shown; of more, those that fit what is typed. */
const MOST = 60;
const PALETTE_CLOSES = 250;

export const openPalette = spotlight.open;

/** Go anywhere by typing its name, and do what can be done with the chat in use. */
export function CommandPalette({ pages }: { pages: readonly PageEntry[] }) {
  const [, go] = useLocation();
  const { data: chats } = useChats();
  const { systemRole } = useSignedIn();
  const { show } = useOpenChats();
  const chosen = useChosenChat();
  const actions = useMemo(
    () => [
      ...(chosen
        ? [
            {
              group: `Chat with ${chosen.name}`,
              actions: chosen.actions.map((action) => ({
                id: `do ${action.id}`,
                label: action.label,
                leftSection: <action.icon size={20} stroke={1.6} />,
                // The palette gives the focus back as it closes; what is done may want it after that.
                onClick: () => void setTimeout(() => chosen.run(action), PALETTE_CLOSES),
              })),
            },
          ]
        : []),
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
        actions: (chats ?? []).map((chat) => ({
          id: chat.sessionId,
          label: chat.userName,
          description: chat.summary ?? chat.userEmail,
          onClick: () => show(chat.sessionId),
        })),
      },
    ],
    [pages, chats, systemRole, go, show, chosen],
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      tagsToIgnore={[]}
      nothingFound="Nothing has that name."
      highlightQuery
      scrollable
      limit={MOST}
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: "Go to a page or a chat, or do something …",
        "aria-label": "Go to a page or a chat",
      }}
    />
  );
}
