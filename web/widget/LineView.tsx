import type { Line, Notice } from "../protocol/chatView";
import type { OpenSource } from "./Chat";
import type { Texts } from "./texts";

interface Props {
  line: Line;
  texts: Texts;
  onSource: (open: OpenSource) => void;
  onOffer: () => void;
}

export function LineView({ line, texts, onSource, onOffer }: Props) {
  switch (line.kind) {
    case "visitor":
      return (
        <div class="line visitor">
          <p>{line.text}</p>
          {line.state !== "sent" && <small>{line.state === "sending" ? texts.sending : texts.waiting}</small>}
        </div>
      );
    case "agent":
    case "note":
      return (
        <div class="line agent">
          <strong>{line.name}</strong>
          <p>{line.text}</p>
        </div>
      );
    case "answer":
      return <Answer line={line} texts={texts} onSource={onSource} onOffer={onOffer} />;
    case "notice":
      return <p class="notice">{noticeText(line.notice, texts)}</p>;
    default:
      return line satisfies never;
  }
}

function Answer(props: Props & { line: Extract<Line, { kind: "answer" }> }) {
  const { line, texts } = props;
  if (line.sentences.length === 0) return null;
  const cited = new Map(line.sentences.flatMap((one) => one.citations).map((one) => [one.n, one]));
  return (
    <div class="line answer">
      <p>
        {line.sentences.map((sentence, place) => (
          <span key={place}>
            {sentence.text}
            {sentence.citations.map((citation) => {
              const source = line.sources.find((one) => one.n === citation.n);
              return source ? (
                <button
                  key={citation.n}
                  type="button"
                  class="cite"
                  aria-label={texts.source(citation.n)}
                  onClick={() => props.onSource({ source, citation })}
                >
                  {citation.n}
                </button>
              ) : null;
            })}{" "}
          </span>
        ))}
      </p>
      {cited.size > 0 && line.state !== "writing" && (
        <ul class="sources" aria-label={texts.sources}>
          {[...cited.values()].map((citation) => {
            const source = line.sources.find((one) => one.n === citation.n);
            return source ? (
              <li key={citation.n}>
                <button type="button" onClick={() => props.onSource({ source, citation })}>
                  <span class="number">{citation.n}</span> {source.document}
                </button>
              </li>
            ) : null;
          })}
        </ul>
      )}
      {line.confidence !== null && cited.size > 0 && <small>{inWords(line.confidence, texts)}</small>}
      {line.state === "incomplete" && <small>{texts.incomplete}</small>}
      {line.state === "complete" && line.needsHuman && cited.size === 0 && (
        <button type="button" class="offer" onClick={props.onOffer}>
          {texts.offer}
        </button>
      )}
    </div>
  );
}

function inWords(confidence: number, texts: Texts): string {
  if (confidence >= 0.85) return texts.confidence.high;
  return confidence >= 0.7 ? texts.confidence.medium : texts.confidence.low;
}

function noticeText(notice: Notice, texts: Texts): string {
  switch (notice.type) {
    case "handed_over":
      return notice.reason === "visitor_asked" ? texts.personAsked : texts.handedOver;
    case "agent_joined":
      return texts.joined(notice.name);
    case "returned_to_ai":
      return texts.returned;
    case "ended":
      return texts.ended;
    case "reopened":
      return texts.reopened;
    case "failed":
      return notice.code === "stopped" ? texts.stopped : texts.failed;
    default:
      return notice satisfies never;
  }
}
