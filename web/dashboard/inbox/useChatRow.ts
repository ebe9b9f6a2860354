import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ChatRow } from "../../protocol/deskSocket";
import { ask } from "../api/call";
import { useChats } from "../api/desk";

/** One chat as lists show it; chats that ended long ago are in no list, and are asked for. */
export function useChatRow(sessionId: string): { row: ChatRow | null; error: unknown; retry: () => void } {
  const chats = useChats();
  const listed = chats.data?.find((one) => one.sessionId === sessionId) ?? null;
  const alone = useQuery({
    queryKey: ["chat", sessionId],
    queryFn: () => ask.get("/api/v1/desk/chats/{session_id}", { path: { session_id: sessionId } }),
    enabled: chats.data !== undefined && !listed,
  });
  return {
    row: listed ?? alone.data ?? null,
    error: listed ? null : (alone.error ?? chats.error),
    retry: () => void (chats.data ? alone.refetch() : chats.refetch()),
  };
}

/** Look again at what has just been changed, in case the socket does not tell. */
export function useLookAgain(): () => void {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: ["chats"] });
    void queries.invalidateQueries({ queryKey: ["chat"] });
  };
}
