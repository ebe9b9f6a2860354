import { Kbd, Text } from "@mantine/core";
import { IconBulb } from "@tabler/icons-react";
import { useRef } from "react";
import { useSearchParams } from "wouter";
import { Empty, Failed, Waiting } from "../../parts/States";
import { Choices } from "../Choices";
import { useSuggestions } from "../reads";
import type { Suggestions as Read, SuggestionState } from "../shapes";
import { ForManagers } from "./ForManagers";
import classes from "./Learning.module.css";
import { SuggestionCard } from "./SuggestionCard";
import { useCardKeys } from "./useCardKeys";

const NAMES: Record<SuggestionState, string> = {
  pending: "To decide",
  accepted: "Accepted",
  rejected: "Rejected",
};
const NOTHING: Record<SuggestionState, [string, string]> = {
  pending: [
    "Nothing waits for a decision",
    "When an agent answers a question in a chat, the question and the answer appear here, without what is personal. Nothing is learned before somebody accepts it.",
  ],
  accepted: [
    "Nothing was accepted yet",
    "What is accepted becomes part of the knowledge base and is listed here.",
  ],
  rejected: ["Nothing was rejected", "What is rejected is not learned, and not suggested again."],
};

/** What agents' replies could teach the assistant: to accept, to change and accept, to reject. */
export function Suggestions() {
  return (
    <ForManagers what="Suggestions">
      <Decide />
    </ForManagers>
  );
}

function Decide() {
  const [query, setQuery] = useSearchParams();
  const asked = query.get("state") ?? "";
  const state = Object.hasOwn(NAMES, asked) ? (asked as SuggestionState) : "pending";
  const read = useSuggestions(state);
  if (read.isPending) return <Waiting what="Looking for suggestions" />;
  if (!read.data) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  const { counts } = read.data;
  return (
    <>
      <div className={classes.bar}>
        <Choices
          label="State"
          choices={(["pending", "accepted", "rejected"] as const).map((one) => [
            one,
            NAMES[one],
            counts[one],
          ])}
          chosen={state}
          onChoose={(next) => setQuery(next === "pending" ? {} : { state: next }, { replace: true })}
        />
        {state === "pending" && counts.pending > 0 && <Keys />}
      </div>
      <Cards key={state} read={read.data} state={state} />
    </>
  );
}

function Cards({ read, state }: { read: Read; state: SuggestionState }) {
  const list = useRef<HTMLDivElement>(null);
  useCardKeys(list);
  const [title, about] = NOTHING[state];
  return (
    <div ref={list} tabIndex={-1} className={classes.cards}>
      {read.suggestions.length === 0 && (
        <Empty icon={<IconBulb size={28} stroke={1.6} />} title={title}>
          {about}
        </Empty>
      )}
      {read.suggestions.map((suggestion) => (
        <SuggestionCard key={suggestion.id} suggestion={suggestion} />
      ))}
      {read.suggestions.length < read.counts[state] && read.suggestions.length > 0 && (
        <Text size="sm" c="var(--faint)" ta="center">
          The newest {read.suggestions.length} of {read.counts[state]} are shown.
        </Text>
      )}
    </div>
  );
}

function Keys() {
  return (
    <Text size="xs" c="var(--faint)" className={classes.keys ?? ""}>
      <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move, <Kbd size="xs">a</Kbd> accept,{" "}
      <Kbd size="xs">e</Kbd> edit, <Kbd size="xs">r</Kbd> reject
    </Text>
  );
}
