import type { Line, Sentence } from "../protocol/chatView";
import type { Citation } from "../protocol/events";
import type { OpenSource } from "./Chat";
import { noticeText } from "./lineText";
import { richText } from "./richText";
import type { Texts } from "./texts";

interface Props {
  line: Line;
  texts: Texts;
  onSource: (open: OpenSource) => void;
  onOffer: (() => void) | null;
}

export function LineView(props: Props) {
  const { line, texts } = props;
  switch (line.kind) {
    case "visitor":
      return (
        <div class="line visitor">
          <p>
            <span class="unseen">{texts.you}: </span>
            {line.text}
          </p>
          {line.state !== "sent" && <small>{texts.delivery[line.state]}</small>}
        </div>
      );
    case "agent":
    case "note":
      return (
        <div class="line agent">
          <strong>{line.name}</strong>
          <p>{richText(line.text)}</p>
        </div>
      );
    case "answer":
      return <Answer {...props} line={line} />;
    case "notice":
      return <p class="notice">{noticeText(line.notice, texts)}</p>;
    default:
      return line satisfies never;
  }
}

type AnswerLine = Extract<Line, { kind: "answer" }>;

function Answer(props: Props & { line: AnswerLine }) {
  const { line, texts } = props;
  if (line.sentences.length === 0) return null;
  const cited = [
    ...new Map(line.sentences.flatMap((one) => one.citations).map((one) => [one.n, one])).values(),
  ];
  const open = (citation: Citation) => {
    const source = line.sources.find((one) => one.n === citation.n);
    if (source) props.onSource({ source, citation });
  };
  return (
    <div class="line answer">
      <span class="unseen">{texts.assistant}: </span>
      <p>
        {line.sentences.map((sentence, place) => (
          <SentenceView key={place} sentence={sentence} texts={texts} onOpen={open} />
        ))}
      </p>
      {cited.length > 0 && line.state !== "writing" && (
        <ul class="sources" aria-label={texts.sources}>
          {cited.map((citation) => (
            <li key={citation.n}>
              <button type="button" onClick={() => open(citation)}>
                <span class="number">{citation.n}</span>
                <span class="document">{citation.document}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {line.confidence !== null && cited.length > 0 && (
        <small class={`confidence ${grade(line.confidence)}`}>
          {texts.confidence[grade(line.confidence)]}
        </small>
      )}
      {line.state === "incomplete" && <small>{texts.incomplete}</small>}
      {line.state === "complete" && line.needsHuman && props.onOffer && (
        <button type="button" class="offer" onClick={props.onOffer}>
          {texts.offer}
        </button>
      )}
    </div>
  );
}

function SentenceView(props: { sentence: Sentence; texts: Texts; onOpen: (citation: Citation) => void }) {
  const { text, citations } = props.sentence;
  if (citations.length === 0) return <span>{richText(text)} </span>;
  // The last word and its numbers stay on one line.
  const space = text.lastIndexOf(" ") + 1;
  const cut = /^[^*`]{1,24}$/.test(text.slice(space)) ? space : text.length;
  return (
    <span>
      {richText(text.slice(0, cut))}
      <span class="together">
        {richText(text.slice(cut))}
        {citations.map((citation) => (
          <button
            key={citation.n}
            type="button"
            class="cite"
            aria-label={props.texts.source(citation.n)}
            onClick={() => props.onOpen(citation)}
          >
            {citation.n}
          </button>
        ))}
      </span>{" "}
    </span>
  );
}

function grade(confidence: number): "high" | "medium" | "low" {
  if (confidence >= 0.85) return "high";
  return confidence >= 0.7 ? "medium" : "low";
}
