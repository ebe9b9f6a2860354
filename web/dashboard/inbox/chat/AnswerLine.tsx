import { IconSparkles, IconThumbDown, IconThumbUp } from "@tabler/icons-react";
import type { Line } from "../../../protocol/chatView";
import { AnswerText } from "./AnswerText";
import classes from "./Lines.module.css";
import { Moment } from "./Moment";
import { usePanels } from "./panels";
import { confidenceWords } from "./sentences";

type Answer = Extract<Line, { kind: "answer" }>;

const STATES: Record<Answer["state"], string> = {
  writing: "is writing …",
  complete: "",
  truncated: "ran out of room",
  incomplete: "cut off",
};

/** An answer of the assistant: how sure it was, from which passages, and what the visitor thought of it. */
export function AnswerLine({ line }: { line: Answer }) {
  const { showSources } = usePanels();
  const citations = line.sentences.flatMap((one) => one.citations);
  const first = citations[0]?.n ?? line.sources[0]?.n ?? null;
  return (
    <div className={`${classes.line} ${classes.answer}`}>
      <div className={classes.who}>
        <IconSparkles size={14} aria-hidden />
        <span>Assistant</span>
        {STATES[line.state] && <span className={classes.state}>{STATES[line.state]}</span>}
        <Moment at={line.at} />
      </div>
      <div className={classes.text} dir="auto">
        {line.sentences.length > 0 ? (
          <AnswerText sentences={line.sentences} onCite={(n) => showSources(line, n)} />
        ) : (
          <p className={classes.nothing}>{line.state === "writing" ? "…" : "No words were sent."}</p>
        )}
      </div>
      <div className={classes.facts}>
        {line.confidence !== null && <Confidence value={line.confidence} needsHuman={line.needsHuman} />}
        {line.sources.length > 0 && (
          <button type="button" className={classes.fact} onClick={() => showSources(line, first)}>
            {line.sources.length === 1 ? "1 source" : `${line.sources.length} sources`}
          </button>
        )}
        {line.helpful !== null && <Feedback helpful={line.helpful} />}
      </div>
    </div>
  );
}

function Confidence({ value, needsHuman }: { value: number; needsHuman: boolean }) {
  const percent = Math.round(value * 100);
  return (
    <span className={classes.confidence} data-low={needsHuman || undefined}>
      <svg viewBox="0 0 36 4" width={36} height={4} aria-hidden="true">
        <rect width="36" height="4" rx="2" className={classes.track} />
        <rect width={36 * value} height="4" rx="2" className={classes.bar} />
      </svg>
      {confidenceWords(value)}, {percent} %{needsHuman && " · needs a person"}
    </span>
  );
}

function Feedback({ helpful }: { helpful: boolean }) {
  const Icon = helpful ? IconThumbUp : IconThumbDown;
  return (
    <span className={helpful ? classes.helpful : classes.unhelpful}>
      <Icon size={14} aria-hidden /> {helpful ? "Helpful to the visitor" : "Not helpful to the visitor"}
    </span>
  );
}
