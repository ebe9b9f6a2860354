import { Avatar, Indicator, Menu, useDirection, useMantineColorScheme } from "@mantine/core";
import { IconArrowsLeftRight, IconDeviceLaptop, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask } from "../api/call";
import { forgetAccount, useSignedIn } from "../api/session";
import { NoticeItems, StatusItems } from "./OwnItems";
import classes from "./Shell.module.css";

const DIRECTION = "aichatdesk.direction";

/** One's own account: how the dashboard looks, and the way out. */
export function AccountMenu() {
  const me = useSignedIn();
  const queries = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const { dir, setDirection } = useDirection();
  useEffect(() => {
    if (localStorage.getItem(DIRECTION) === "rtl") setDirection("rtl");
  }, [setDirection]);
  const turn = () => {
    const next = dir === "rtl" ? "ltr" : "rtl";
    localStorage.setItem(DIRECTION, next);
    setDirection(next);
  };
  const signOut = useMutation({
    mutationFn: () => ask.post("/api/agents/logout"),
    onSettled: () => forgetAccount(queries),
  });
  return (
    <Menu position="right-end" withArrow>
      <Menu.Target>
        <button
          type="button"
          className={classes.link}
          aria-label={`Account of ${me.name}${me.status === "away" ? ", away" : ""}`}
        >
          <Indicator
            color={me.status === "away" ? "yellow.7" : "green.7"}
            size={10}
            offset={4}
            withBorder
            aria-hidden
          >
            <Avatar size={34} color="fern" aria-hidden />
          </Indicator>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.name} · {me.systemRole}
        </Menu.Label>
        <StatusItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconDeviceLaptop size={16} />} onClick={() => setColorScheme("auto")}>
          Colours of the system
        </Menu.Item>
        <Menu.Item leftSection={<IconSun size={16} />} onClick={() => setColorScheme("light")}>
          Light
        </Menu.Item>
        <Menu.Item leftSection={<IconMoon size={16} />} onClick={() => setColorScheme("dark")}>
          Dark
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowsLeftRight size={16} />} onClick={turn}>
          {dir === "rtl" ? "Left to right" : "Right to left"}
        </Menu.Item>
        <Menu.Divider />
        <NoticeItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
