import { type RefObject, useRef, useState } from "react";
import type { ChatRow } from "../../../protocol/deskSocket";
import { atLeast, useSignedIn } from "../../api/session";
import { Empty, Failed, Waiting } from "../../parts/States";
import { useConfirm } from "../Confirm";
import { useOfferActions } from "../chosenChat";
import { useOpenChats } from "../openChats";
import { standingOf } from "../standing";
import { Banners } from "./Banners";
import type { ColumnProps } from "./Column";
import classes from "./Column.module.css";
import { ColumnHead } from "./ColumnHead";
import { Composer } from "./Composer";
import { useChat } from "./chatStores";
import { Lines } from "./Lines";
import { type Pair, PushDialog } from "./PushDialog";
import { PanelsProvider } from "./panels";
import { type Pending, repliesOf } from "./replies";
import { SuggestionCard } from "./SuggestionCard";
import { Typing } from "./Typing";
import { type ChatAction, useChatActions } from "./useChatActions";
import { useDraft } from "./useDraft";
import { pushOf, useSeenWhileShown, useSteady, useUnconfirmed } from "./useOfLines";
import { useReadWhole } from "./useReadWhole";
import { useSuggestion } from "./useSuggestion";
import { useTyping } from "./useTyping";
import { useUploads } from "./useUploads";

/** What is said in a chat, and all that an agent can do about it. */
export function Conversation({ row, focused, onBack, card }: ColumnProps & { row: ChatRow }) {
  const me = useSignedIn();
  const replies = repliesOf(me.id);
  const { view, link, refused } = useChat(row.sessionId);
  const area = useRef<HTMLTextAreaElement>(null);
  const keeper = useDraft(me.id, row.sessionId);
  const files = useUploads(me.id, row.sessionId);
  const suggesting = useSuggestion(row.sessionId);
  const typing = useTyping(row.sessionId);
  const confirm = useConfirm();
  const [pair, setPair] = useState<Pair | null>(null);
  const pending = useUnconfirmed(row.sessionId, view.lines);
  const { close } = useOpenChats();
  useSeenWhileShown(row.sessionId, view.lines);

  const write = (mode: "reply" | "note", text?: string) => {
    keeper.change(() => ({ mode, ...(text !== undefined && { [mode]: text }) }));
    // The field may be another one now.
    requestAnimationFrame(() => area.current?.focus());
  };
  const doing = useChatActions(row, { write, suggest: suggesting.begin });
  const run = (action: ChatAction) => {
    if (!action.confirm) return action.run();
    confirm.ask({ ...action.confirm, dangerous: action.dangerous ?? false, onYes: action.run });
  };
  useOfferActions(focused, { name: row.userName, actions: doing.actions, run });

  const standing = standingOf(row, me.id);
  const send = async (mode: "reply" | "note", text: string) => {
    const { attachments } = keeper.draft;
    if (mode === "reply" && standing !== "mine" && !(await doing.takeOver())) return;
    typing(false);
    replies.add(row, {
      text: text.trim() || `[Sent ${attachments.length} file(s)]`,
      attachments,
      internal: mode === "note",
    });
    keeper.change((draft) => ({
      attachments: draft.attachments.filter(({ url }) => !attachments.some((sent) => sent.url === url)),
      ...(draft[mode] === text && { [mode]: "" }),
    }));
  };
  const putAway = () => {
    suggesting.end();
    // The button that was pressed is gone.
    area.current?.focus();
  };
  const again = (line: Pending) => {
    const mode = line.internal ? "note" : "reply";
    write(mode, [keeper.draft[mode], line.text].filter(Boolean).join("\n"));
    keeper.change((draft) => ({ attachments: [...draft.attachments, ...(line.attachments ?? [])] }));
    replies.drop(row.sessionId, line.id);
  };
  const push = atLeast(me.systemRole, "manager") ? pushOf(view, setPair) : null;
  const onPush = useSteady(push);
  const onEdit = useSteady(again);
  const onDrop = useSteady((line: Pending) => replies.drop(row.sessionId, line.id));

  const whole = useReadWhole(view.seq, row.seq);
  return (
    <PanelsProvider>
      <ColumnHead
        row={row}
        actions={doing.actions}
        busy={doing.busy}
        run={run}
        onBack={onBack}
        onClose={() => close(row.sessionId)}
        card={card}
      />
      <Banners row={row} link={link} problem={doing.problem} onClearProblem={doing.clearProblem} />
      {refused && <Failed error={refused} />}
      {!whole.read ? (
        <div className={classes.reading}>
          <Waiting what={whole.far ? `Reading the chat, ${whole.percent} %` : "Reading the chat"} />
        </div>
      ) : view.lines.length + pending.length === 0 ? (
        <div className={classes.reading}>
          <Empty title="Nothing was said yet">What the visitor writes appears here at once.</Empty>
        </div>
      ) : (
        <Lines
          lines={view.lines}
          pending={pending}
          visitor={row.userName}
          name={`Messages with ${row.userName}`}
          me={me.name}
          onPush={push && onPush}
          onEdit={onEdit}
          onDrop={onDrop}
        />
      )}
      <Typing view={view} visitor={row.userName} me={me.id} />
      {suggesting.suggestion && (
        <SuggestionCard
          suggestion={suggesting.suggestion}
          onAccept={(text) => {
            putAway();
            void send("reply", text);
          }}
          onEdit={(text) => {
            suggesting.end();
            write("reply", [keeper.draft.reply, text].filter(Boolean).join("\n"));
          }}
          onRetry={suggesting.begin}
          onDiscard={putAway}
        />
      )}
      <Composer
        {...keeper}
        area={area as RefObject<HTMLTextAreaElement | null>}
        files={files}
        visitor={row.userName}
        sendLabel={
          standing === "mine" ? "Send" : standing === "closed" ? "Reopen and send" : "Take over and send"
        }
        blocked={
          standing === "colleague" ? `${row.assignedAgent?.name} has this chat. You can leave a note.` : null
        }
        busy={doing.busy === "take"}
        onSend={() => void send(keeper.draft.mode, keeper.draft[keeper.draft.mode])}
        onTyping={standing === "mine" ? typing : quiet}
        onSuggest={standing === "mine" ? suggesting.begin : null}
      />
      <PushDialog pair={pair} onClose={() => setPair(null)} />
      {confirm.dialog}
    </PanelsProvider>
  );
}

/** Of a chat that is not one's own, the visitor hears nothing. */
function quiet(): void {}
