import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
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
  return (
    <Menu.RadioGroup
      value={me.status === "away" ? "away" : "online"}
      onChange={(status) => change.mutate(status as "online" | "away")}
    >
      <Menu.RadioItem value="online">Online</Menu.RadioItem>
      <Menu.RadioItem value="away">Away: no new chats</Menu.RadioItem>
    </Menu.RadioGroup>
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
      <Menu.CheckboxItem checked={desktop} onChange={() => void turn()}>
        Desktop notices
      </Menu.CheckboxItem>
      <Menu.CheckboxItem checked={sound} onChange={chooseSound}>
        Sound
      </Menu.CheckboxItem>
    </>
  );
}
