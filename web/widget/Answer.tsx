import { useState } from "preact/hooks";
import { joinPieces } from "../common/markdown";
import type { Line } from "../protocol/chatView";
import type { Citation, Source } from "../protocol/events";
import { giveFeedback } from "./api";
import { useAround } from "./around";
import { CommentLine } from "./CommentLine";
import { Icon } from "./icons";
import { Markdown } from "./Markdown";
import type { Session } from "./session";

export interface OpenSource {
  source: Source;
  citation: Citation | null;
}

type AnswerLine = Extract<Line, { kind: "answer" }>;

interface Props {
  line: AnswerLine;
  at: string;
  chat: Session | null;
  onSource: (open: OpenSource) => void;
  onPerson: (() => void) | null;
}

export function Answer({ line, at, chat, onSource, onPerson }: Props) {
  const { words } = useAround();
  if (line.sentences.length === 0) return null;
  const writing = line.state === "writing";
  const cited = [
    ...new Map(line.sentences.flatMap((one) => one.citations).map((one) => [one.n, one])).values(),
  ];
  const open = (citation: Citation) => {
    const source = line.sources.find((one) => one.n === citation.n);
    if (source) onSource({ source, citation });
  };
  const mark = (place: number) =>
    line.sentences[place]?.citations.map((citation) => (
      <button
        key={citation.n}
        type="button"
        class="cite"
        aria-label={words.say("source", { n: citation.n })}
        onClick={() => open(citation)}
      >
        {words.number(citation.n)}
      </button>
    ));
  return (
    <div class={`line answer ${writing ? "writing" : ""}`}>
      <span class="unseen">{words.say("assistant")}: </span>
      <div class="bubble" title={at}>
        <Markdown text={joinPieces(line.sentences.map((one) => one.text))} mark={mark} />
        {cited.length > 0 && !writing && (
          <div class="sources">
            {line.confidence !== null && <Confidence value={line.confidence} />}
            <ul aria-label={words.say("sources")}>
              {cited.map((citation) => (
                <li key={citation.n}>
                  <button type="button" onClick={() => open(citation)}>
                    <span class="number">{words.number(citation.n)}</span>
                    <bdi>{citation.document}</bdi>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      {line.state === "incomplete" && <small>{words.say("cut")}</small>}
      {line.state === "complete" && line.needsHuman && onPerson && (
        <button type="button" class="offer" onClick={onPerson}>
          <Icon name="person" />
          {words.say("person")}
        </button>
      )}
      {!writing && chat && <Thumbs line={line} chat={chat} />}
    </div>
  );
}

function Confidence({ value }: { value: number }) {
  const { words } = useAround();
  const grade = value >= 0.85 ? "high" : value >= 0.7 ? "medium" : "low";
  return <p class={`confidence ${grade}`}>{words.say(grade)}</p>;
}

function Thumbs({ line, chat }: { line: AnswerLine; chat: Session }) {
  const { words } = useAround();
  const [picked, setPicked] = useState<boolean | null>(line.helpful);
  const [state, setState] = useState<"idle" | "asking" | "told" | "failed">("idle");
  const tell = async (helpful: boolean | null, said?: string) => {
    try {
      await giveFeedback(chat, line.id, helpful, said);
      setState(said ? "told" : helpful === false ? "asking" : "idle");
    } catch {
      setPicked(line.helpful);
      setState("failed");
    }
  };
  const pick = (helpful: boolean) => {
    const now = picked === helpful ? null : helpful;
    setPicked(now);
    setState("idle");
    void tell(now);
  };
  return (
    <>
      <div class="thumbs">
        {([true, false] as const).map((helpful) => (
          <button
            key={`${helpful}`}
            type="button"
            class="quiet-icon"
            aria-label={words.say(helpful ? "helpful" : "unhelpful")}
            title={words.say(helpful ? "helpful" : "unhelpful")}
            aria-pressed={picked === helpful}
            onClick={() => pick(helpful)}
          >
            <Icon name={helpful ? "good" : "bad"} />
          </button>
        ))}
        <span role="status">
          {state === "told" && words.say("thanks")}
          {state === "failed" && words.say("failed")}
        </span>
      </div>
      {state === "asking" && (
        <CommentLine asks={words.say("lacking")} onSaid={(said) => void tell(false, said)} />
      )}
    </>
  );
}
