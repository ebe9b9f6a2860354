import { Tabs } from "@mantine/core";
import { IconLink, IconUser, IconUsersGroup } from "@tabler/icons-react";
import { useLocation, useRoute } from "wouter";
import { Page } from "../parts/Page";
import { Invites } from "./people/Invites";
import { PeopleList } from "./people/PeopleList";
import classes from "./people/people.module.css";
import { Teams } from "./people/Teams";
import { useMay } from "./rights";

const ABOUT = {
  people: "Who works at this desk, and what they may do.",
  teams: "Groups of people that chats and topics belong to. A manager leads the people of their teams.",
  invites:
    "Links with which colleagues make their own account. They become agents; you can change that later.",
};

type Tab = keyof typeof ABOUT;

/** Who works at the desk: people, teams and the links that invite more. */
export default function People() {
  const [, go] = useLocation();
  const [, given] = useRoute("/people/:tab/*?");
  const tab: Tab = given?.tab === "teams" || given?.tab === "invites" ? given.tab : "people";
  const may = useMay();
  return (
    <Page
      title="People"
      about={
        may("manageTeams") ? ABOUT[tab] : `${ABOUT[tab]} You see the people and links of the teams you lead.`
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => go(next === "people" ? "/people" : `/people/${next}`)}
        keepMounted={false}
        classNames={{ tab: classes.tab ?? "", tabSection: classes.tabIcon ?? "" }}
      >
        <Tabs.List mb="lg" aria-label="People">
          <Tabs.Tab value="people" leftSection={<IconUser size={16} aria-hidden />}>
            People
          </Tabs.Tab>
          <Tabs.Tab value="teams" leftSection={<IconUsersGroup size={16} aria-hidden />}>
            Teams
          </Tabs.Tab>
          <Tabs.Tab value="invites" leftSection={<IconLink size={16} aria-hidden />}>
            Invites
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <PeopleList />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <Teams />
        </Tabs.Panel>
        <Tabs.Panel value="invites">
          <Invites />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
