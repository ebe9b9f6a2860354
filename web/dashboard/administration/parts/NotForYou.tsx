import { Anchor } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { Link } from "wouter";
import { useSignedIn } from "../../api/session";
import { Page } from "../../parts/Page";
import { Empty } from "../../parts/States";

/** Where somebody follows a link to what is not theirs: says so, and who can help. */
export function NotForYou({ title, who }: { title: string; who: string }) {
  const me = useSignedIn();
  return (
    <Page title={title}>
      <Empty icon={<IconLock size={26} />} title={`This page is for ${who}`}>
        You are signed in as {me.name}, {me.systemRole === "manager" ? "a" : "an"} {me.systemRole}. If you
        need what is here, ask an admin of your desk.
        <br />
        <Anchor component={Link} href="/inbox" mt="sm" display="inline-block">
          Back to the inbox
        </Anchor>
      </Empty>
    </Page>
  );
}
