import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconBell,
  IconCheck,
  IconCircleFilled,
  IconMoonStars,
  IconVolume,
  type TablerIcon,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ask, sentenceOf } from "../api/call";
import { ME, useSignedIn } from "../api/session";
import { chooseDesktop, chooseSound, useNoticeChoice } from "./notices";

/** Whether one takes chats now. */
export function StatusItems() {
  const me = useSignedIn();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (status: "online" | "away") =>
      ask.patch("/api/agents/{agent_id}/status", { path: { agent_id: me.id }, body: { status } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ME }),
    onError: (error) => notifications.show({ color: "red", message: sentenceOf(error) }),
  });
  const away = me.status === "away";
  return (
    <>
      <Choice kind="radio" icon={IconCircleFilled} chosen={!away} onClick={() => change.mutate("online")}>
        Online
      </Choice>
      <Choice kind="radio" icon={IconMoonStars} chosen={away} onClick={() => change.mutate("away")}>
        Away: no new chats
      </Choice>
    </>
  );
}

/** What one wants to be told of while looking elsewhere. */
export function NoticeItems() {
  const { desktop, sound } = useNoticeChoice();
  const turn = async () => {
    if (!(await chooseDesktop(!desktop)))
      notifications.show({
        color: "orange",
        message: "This browser does not allow notices; its settings for this page do.",
      });
  };
  return (
    <>
      <Choice kind="checkbox" icon={IconBell} chosen={desktop} onClick={() => void turn()}>
        Desktop notices
      </Choice>
      <Choice kind="checkbox" icon={IconVolume} chosen={sound} onClick={() => chooseSound(!sound)}>
        Sound
      </Choice>
    </>
  );
}

function Choice(props: {
  kind: "radio" | "checkbox";
  icon: TablerIcon;
  chosen: boolean;
  onClick: () => void;
  children: string;
}) {
  return (
    <Menu.Item
      role={`menuitem${props.kind}`}
      aria-checked={props.chosen}
      closeMenuOnClick={false}
      leftSection={<props.icon size={16} />}
      rightSection={props.chosen && <IconCheck size={16} aria-hidden />}
      onClick={props.onClick}
    >
      {props.children}
    </Menu.Item>
  );
}
