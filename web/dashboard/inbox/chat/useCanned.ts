import { useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useMemo, useState } from "react";
import { ask } from "../../api/call";
import type { CannedReply } from "../shapes";

const MOST = 8;
/** A slash that begins a word, and what of a name follows it up to the caret. */
const BEGUN = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

/** Canned replies, chosen by `/` and letters of their name. */
export function useCanned(
  area: RefObject<HTMLTextAreaElement | null>,
  text: string,
  set: (text: string) => void,
) {
  const [begun, setBegun] = useState<{ words: string; from: number; to: number } | null>(null);
  const combobox = useCombobox({ onDropdownClose: () => setBegun(null) });
  const { data = [] } = useQuery({
    queryKey: ["canned"],
    queryFn: () => ask.get("/api/canned-responses"),
    enabled: begun !== null,
    staleTime: 60_000,
  });
  const found = useMemo(() => (begun ? matching(data, begun.words).slice(0, MOST) : []), [data, begun]);
  useEffect(() => {
    if (!begun) return combobox.closeDropdown();
    combobox.openDropdown();
    combobox.selectFirstOption();
  }, [begun, combobox.openDropdown, combobox.closeDropdown, combobox.selectFirstOption]);

  const look = () => {
    const to = area.current?.selectionStart ?? 0;
    const match = BEGUN.exec(area.current?.value.slice(0, to) ?? "");
    setBegun(match ? { words: match[1] ?? "", from: to - (match[1]?.length ?? 0) - 1, to } : null);
  };
  const insert = (id: string) => {
    const reply = data.find((one) => one.id === id);
    if (!reply || !begun) return;
    set(text.slice(0, begun.from) + reply.content + text.slice(begun.to));
    setBegun(null);
    const caret = begun.from + reply.content.length;
    requestAnimationFrame(() => area.current?.setSelectionRange(caret, caret));
    // How often one is used only orders the list; the reply does not depend on it.
    ask.post("/api/canned-responses/{response_id}/use", { path: { response_id: id } }).catch(() => undefined);
  };
  return { combobox, found, opened: begun !== null, look, insert };
}

function matching(all: CannedReply[], words: string): CannedReply[] {
  const wanted = words.toLowerCase();
  const rank = (one: CannedReply) => {
    if (one.shortcut?.toLowerCase().startsWith(wanted)) return 0;
    if (one.title.toLowerCase().includes(wanted)) return 1;
    return one.content.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return all.filter((one) => rank(one) < 3).sort((a, b) => rank(a) - rank(b));
}
