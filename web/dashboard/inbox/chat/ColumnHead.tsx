import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconDots, IconId, IconX } from "@tabler/icons-react";
import type { ChatRow } from "../../../protocol/deskSocket";
import { useSignedIn } from "../../api/session";
import { standingOf, standingWords } from "../standing";
import classes from "./Column.module.css";
import type { ChatAction } from "./useChatActions";

/** In the head itself stands the first of these; all else is in the menu. */
const FIRST = ["take", "return"];
const SHOWN_ELSEWHERE = new Set(["reply", "note", "close"]);

/** Whose chat it is, how it stands, and what can be done with it. */
export function ColumnHead(props: {
  row: ChatRow;
  actions: readonly ChatAction[];
  busy: string | null;
  run: (action: ChatAction) => void;
  onBack: (() => void) | null;
  onClose: () => void;
  card: { shown: boolean; toggle: () => void };
}) {
  const { row, actions, run } = props;
  const me = useSignedIn();
  const first = actions.find((one) => FIRST.includes(one.id));
  const more = actions.filter((one) => one !== first && !SHOWN_ELSEWHERE.has(one.id));
  return (
    <header className={classes.head}>
      {props.onBack && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label="Back to the chats"
          onClick={props.onBack}
        >
          <IconArrowLeft size={18} className={classes.turns} />
        </ActionIcon>
      )}
      <div className={classes.title}>
        <h2>{row.userName}</h2>
        <p>
          <span className={classes.standing} data-standing={standingOf(row, me.id)}>
            {standingWords(row, me.id)}
          </span>
          {row.metadata.currentPage && <span className={classes.page}>{row.metadata.currentPage}</span>}
        </p>
      </div>
      <div className={classes.buttons}>
        {first && (
          <Button
            size="xs"
            variant={first.id === "take" ? "filled" : "default"}
            leftSection={<first.icon size={15} />}
            loading={props.busy === first.id}
            onClick={() => run(first)}
          >
            {first.label}
          </Button>
        )}
        <Menu position="bottom-end" withArrow shadow="md">
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              loading={props.busy !== null && props.busy !== first?.id}
              aria-label="More about this chat"
            >
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {more.map((action) => (
              <Menu.Item
                key={action.id}
                leftSection={<action.icon size={16} />}
                rightSection={action.key && <span className={classes.key}>{action.key}</span>}
                {...(action.dangerous && { c: "var(--bad)" })}
                onClick={() => run(action)}
              >
                {action.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={props.card.shown ? "Hide the visitor" : "Show the visitor"} withArrow>
          <ActionIcon
            variant={props.card.shown ? "light" : "subtle"}
            {...(!props.card.shown && { color: "gray" })}
            size={32}
            aria-label="Visitor"
            aria-expanded={props.card.shown}
            onClick={props.card.toggle}
          >
            <IconId size={18} />
          </ActionIcon>
        </Tooltip>
        {!props.onBack && (
          <Tooltip label="Close column (x)" withArrow>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label="Close column"
              onClick={props.onClose}
            >
              <IconX size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </header>
  );
}
