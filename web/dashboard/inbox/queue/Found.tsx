import { useDebouncedValue } from "@mantine/hooks";
import { IconSearchOff } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ChatRow } from "../../../protocol/deskSocket";
import { ask } from "../../api/call";
import { Empty, Failed, Waiting } from "../../parts/States";
import { Rows } from "./Queue";

const PAUSE = 250;

/** Chats that hold the words, of any age. */
export function Found({ words }: { words: string }) {
  const [wanted] = useDebouncedValue(words, PAUSE);
  const found = useQuery({
    queryKey: ["found", wanted],
    queryFn: ({ signal }) => ask.get("/api/dashboard/chats/search", { query: { q: [wanted] }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  if (found.isPending) return <Waiting what="Searching" />;
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data.length === 0)
    return (
      <Empty icon={<IconSearchOff size={26} />} title="Nothing found">
        No visitor, summary or message has “{wanted}” in it, letter for letter.
      </Empty>
    );
  const rows: ChatRow[] = found.data.map((one) => ({ ...one, waitTime: 0 }));
  const snippets = new Map(found.data.map((one) => [one.sessionId, around(one.matchSnippet, wanted)]));
  return <Rows rows={rows} name="Found" snippets={snippets} />;
}

/** The part of a message where the words are. */
function around(text: string | null, words: string): string | null {
  if (!text) return null;
  const place = text.toLowerCase().indexOf(words.toLowerCase());
  return place > 40 ? `… ${text.slice(place - 30)}` : text;
}
