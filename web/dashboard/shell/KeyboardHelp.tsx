import { Kbd, Modal, Table, Title } from "@mantine/core";
import type { PageEntry } from "./pages";

const INBOX_KEYS: readonly [string, string][] = [
  ["j", "Next chat"],
  ["k", "Chat before"],
  ["Enter", "Open the chosen chat"],
  ["Shift Enter", "Open it beside; in a reply: a new line"],
  ["t", "Take the chat over"],
  ["b", "Return it to the assistant"],
  ["e", "End the chat"],
  ["r", "Write a reply"],
  ["n", "Write a note"],
  ["s", "Suggest a reply"],
  ["/", "Search the chats; in a reply: canned replies"],
  ["x", "Close the chat's column"],
  ["Escape", "Leave the reply, so that these keys work"],
];

const TEACHING_KEYS: readonly [string, string][] = [
  ["j", "Next suggestion or gap"],
  ["k", "The one before"],
  ["a", "Accept the suggestion"],
  ["e", "Edit it; write an answer to the gap"],
  ["r", "Reject the suggestion; dismiss the gap"],
];

/** Every key that does something. */
export function KeyboardHelp(props: { opened: boolean; onClose: () => void; pages: readonly PageEntry[] }) {
  const go = props.pages.map((page): [string, string] => [`g ${page.key}`, page.name]);
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Keys"
      size="md"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Keys name="Everywhere" keys={[["Ctrl K", "Commands"], ["?", "This list"], ...go]} />
      <Keys name="In the inbox" keys={INBOX_KEYS} />
      <Keys name="At suggestions and gaps" keys={TEACHING_KEYS} />
    </Modal>
  );
}

function Keys({ name, keys }: { name: string; keys: readonly [string, string][] }) {
  return (
    <>
      <Title order={2} size="h5" mt="sm" mb={4}>
        {name}
      </Title>
      <Table verticalSpacing={4} aria-label={name}>
        <Table.Tbody>
          {keys.map(([key, what]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" w={120}>
                {key.split(" ").map((part) => (
                  <Kbd key={part} me={4}>
                    {part}
                  </Kbd>
                ))}
              </Table.Th>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
