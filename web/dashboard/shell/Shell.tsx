import { Alert, Tooltip } from "@mantine/core";
import { IconCommand, IconKeyboard, IconPlugConnectedX } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { Link, Redirect, Route, Switch, useRoute } from "wouter";
import { NotForYou } from "../administration/parts/NotForYou";
import { DeskFeed, useChats, useListenToDesk } from "../api/desk";
import { atLeast, useSignedIn } from "../api/session";
import { useRoleAsItIs } from "../api/useRoleAsItIs";
import { useKeepSending } from "../inbox/chat/replies";
import { useOpenChats } from "../inbox/openChats";
import { Waiting } from "../parts/States";
import { AccountMenu } from "./AccountMenu";
import { CommandPalette, openPalette } from "./CommandPalette";
import { KeyboardHelp } from "./KeyboardHelp";
import { Mark } from "./Mark";
import { Mishap } from "./Mishap";
import { useNotices } from "./notices";
import { PAGES, type PageEntry } from "./pages";
import classes from "./Shell.module.css";
import { useTitleCount } from "./title";
import { useShortcuts } from "./useShortcuts";

/** The frame around every page: where one is, where one can go, and whether the desk is there. */
export function Shell() {
  const me = useSignedIn();
  const feed = useListenToDesk();
  const [help, setHelp] = useState(false);
  const pages = PAGES.filter((page) => atLeast(me.systemRole, page.least));
  useShortcuts({ pages, onHelp: () => setHelp(true) });
  useKeepSending(me.id);
  useRoleAsItIs();
  useTitleCount(useWaitingCount());
  return (
    <DeskFeed.Provider value={feed}>
      <Notices />
      <div className={classes.frame}>
        <a className={classes.skip} href="#main">
          Skip to the content
        </a>
        <nav className={classes.rail} aria-label="Pages">
          <span className={classes.mark}>
            <Mark size={32} />
          </span>
          {pages.map((page) => (
            <RailLink key={page.link} page={page} />
          ))}
          <span className={classes.space} />
          <RailButton
            label="Commands (Ctrl K)"
            onClick={openPalette}
            icon={<IconCommand size={21} stroke={1.7} />}
          />
          <RailButton
            label="Keys (?)"
            onClick={() => setHelp(true)}
            icon={<IconKeyboard size={21} stroke={1.7} />}
          />
          <AccountMenu />
        </nav>
        <div className={classes.page}>
          {feed.link === "offline" && (
            <Alert
              color="orange"
              variant="light"
              radius={0}
              py={6}
              role="status"
              icon={<IconPlugConnectedX size={18} />}
            >
              The desk does not answer. What you see may be old; we keep trying.
            </Alert>
          )}
          <Mishap>
            <Suspense fallback={<Waiting />}>
              <Switch>
                {PAGES.map(({ path, name, least, component: Component }) => (
                  <Route key={path} path={path}>
                    {atLeast(me.systemRole, least) ? (
                      <Component />
                    ) : (
                      <NotForYou title={name} who={least === "admin" ? "admins" : "managers and admins"} />
                    )}
                  </Route>
                ))}
                <Route>
                  <Redirect to="/inbox" replace />
                </Route>
              </Switch>
            </Suspense>
          </Mishap>
        </div>
      </div>
      <CommandPalette pages={pages} />
      <KeyboardHelp opened={help} onClose={() => setHelp(false)} pages={pages} />
    </DeskFeed.Provider>
  );
}

function Notices() {
  const me = useSignedIn();
  const { show } = useOpenChats();
  useNotices(me.id, show);
  return null;
}

function RailLink({ page }: { page: PageEntry }) {
  const [here] = useRoute(page.path);
  const waiting = useWaitingCount();
  const count = page.link === "/inbox" ? waiting : 0;
  return (
    <Tooltip label={page.name} position="right" withArrow>
      <Link
        href={page.link}
        className={classes.link}
        aria-current={here ? "page" : undefined}
        aria-label={count > 0 ? `${page.name}, ${count} waiting` : page.name}
      >
        <span className={classes.icon} data-count={count > 9 ? "9+" : count || undefined}>
          <page.icon size={22} stroke={1.7} aria-hidden />
        </span>
        <span className={classes.name} aria-hidden>
          {page.name}
        </span>
      </Link>
    </Tooltip>
  );
}

function RailButton(props: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={props.label} position="right" withArrow>
      <button type="button" className={classes.forKeys} aria-label={props.label} onClick={props.onClick}>
        {props.icon}
      </button>
    </Tooltip>
  );
}

function useWaitingCount(): number {
  const { data } = useChats();
  return data?.filter((chat) => chat.status === "waiting").length ?? 0;
}
