import {
  IconArrowBackUp,
  IconDoorExit,
  IconFileText,
  IconMoodSearch,
  IconNote,
  IconPencil,
  IconSparkles,
  IconTag,
  IconTrash,
  IconUserCheck,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import { useState } from "react";
import type { ChatRow } from "../../../protocol/deskSocket";
import { ask, sentenceOf } from "../../api/call";
import { useSignedIn } from "../../api/session";
import { useOpenChats } from "../openChats";
import { standingOf } from "../standing";
import { useLookAgain } from "../useChatRow";
import { dropChat } from "./chatStores";

/** Something that can be done with a chat: by a button, a key, or a command. */
export interface ChatAction {
  id: string;
  label: string;
  icon: TablerIcon;
  key?: string;
  /** To be asked before, and what is asked. */
  confirm?: { title: string; text: string; yes: string };
  dangerous?: boolean;
  run: () => void;
}

export interface ChatActions {
  actions: ChatAction[];
  busy: string | null;
  problem: string | null;
  clearProblem: () => void;
  /** True once the chat is one's own. */
  takeOver: () => Promise<boolean>;
}

/** What can be done with a chat as it stands, by who is signed in. */
export function useChatActions(
  row: ChatRow,
  on: { write: (mode: "reply" | "note") => void; suggest: () => void },
): ChatActions {
  const me = useSignedIn();
  const { close } = useOpenChats();
  const lookAgain = useLookAgain();
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const path = { session_id: row.sessionId };
  const attempt = async (id: string, work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(id);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(sentenceOf(error));
      return false;
    } finally {
      setBusy(null);
      lookAgain();
    }
  };
  const takeOver = () => attempt("take", () => ask.post("/api/chat/{session_id}/takeover", { path }));
  const standing = standingOf(row, me.id);
  const act = (action: Omit<ChatAction, "run">, work: () => Promise<unknown>): ChatAction => ({
    ...action,
    run: () => void attempt(action.id, work),
  });
  const body = { chatId: row._id };
  const actions: (ChatAction | false)[] = [
    !["mine", "colleague"].includes(standing) && {
      id: "take",
      label: standing === "closed" ? "Take over and reopen" : "Take over",
      icon: IconUserCheck,
      key: "t",
      run: () => void takeOver(),
    },
    ["mine", "waiting", "offered"].includes(standing) &&
      act({ id: "return", label: "Return to assistant", icon: IconArrowBackUp, key: "b" }, () =>
        ask.post("/api/chat/{session_id}/return-to-ai", { path }),
      ),
    { id: "reply", label: "Write a reply", icon: IconPencil, key: "r", run: () => on.write("reply") },
    { id: "note", label: "Write a note", icon: IconNote, key: "n", run: () => on.write("note") },
    standing === "mine" && {
      id: "suggest",
      label: "Suggest a reply",
      icon: IconSparkles,
      key: "s",
      run: on.suggest,
    },
    act({ id: "summarize", label: "Sum up", icon: IconFileText }, () =>
      ask.post("/api/ai/summarize", { body }),
    ),
    act({ id: "mood", label: "Judge mood and priority", icon: IconMoodSearch }, () =>
      ask.post("/api/ai/analyze-sentiment", { body }),
    ),
    act({ id: "categorize", label: "Find the kind of question", icon: IconTag }, () =>
      ask.post("/api/ai/categorize", { body }),
    ),
    standing !== "closed" && {
      ...act({ id: "end", label: "End chat", icon: IconDoorExit, key: "e" }, () =>
        ask.post("/api/messages/chat/{session_id}/end", { path, body: {} }),
      ),
      confirm: {
        title: "End this chat?",
        text: `${row.userName} sees that it has ended, and may write again to open it once more.`,
        yes: "End chat",
      },
    },
    me.systemRole === "admin" && {
      ...act({ id: "delete", label: "Delete chat", icon: IconTrash, dangerous: true }, async () => {
        await ask.delete("/api/chat/{session_id}", { path });
        dropChat(row.sessionId);
        close(row.sessionId);
      }),
      confirm: {
        title: "Delete this chat?",
        text: `All that ${row.userName} and the desk have said in it is erased, its files too. This cannot be undone.`,
        yes: "Delete for good",
      },
    },
    { id: "close", label: "Close column", icon: IconX, key: "x", run: () => close(row.sessionId) },
  ];
  return {
    actions: actions.filter((one) => one !== false),
    busy,
    problem,
    clearProblem: () => setProblem(null),
    takeOver,
  };
}
