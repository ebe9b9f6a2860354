import { useChats } from "../api/desk";
import { Page } from "../parts/Page";
import { Empty, Failed, Waiting } from "../parts/States";

export function Inbox() {
  const chats = useChats();
  return (
    <Page title="Inbox">
      {chats.isPending && <Waiting />}
      {chats.isError && <Failed error={chats.error} />}
      {chats.data?.length === 0 && <Empty title="No chats yet">They appear here as visitors write.</Empty>}
    </Page>
  );
}
