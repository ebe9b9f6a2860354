import { Text } from "@mantine/core";
import { IconSearchOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link } from "wouter";
import { Empty } from "../../parts/States";
import type { FoundPassage } from "../shapes";
import { count, languageOf } from "../wording";
import { markWords } from "./markWords";
import classes from "./Search.module.css";

/** The passages of a question, best first, each with what found it. */
export function FoundPassages({ passages }: { passages: readonly FoundPassage[] }) {
  if (passages.length === 0)
    return (
      <Empty icon={<IconSearchOff size={28} stroke={1.6} />} title="Nothing was found">
        No document speaks of this. Add one that does, or teach the answer.
      </Empty>
    );
  return (
    <section>
      <Text component="h2" fw={650} mb="sm">
        {count(passages.length, "passage")}, best first
      </Text>
      <ol className={classes.passages}>
        {passages.map((passage, place) => (
          <Passage key={`${passage.documentId} ${passage.start}`} passage={passage} rank={place + 1} />
        ))}
      </ol>
    </section>
  );
}

function Passage({ passage, rank }: { passage: FoundPassage; rank: number }) {
  const { text, why, documentId, start } = passage;
  const pieces = useMemo(() => markWords(text, why?.forms ?? []), [text, why]);
  return (
    <li className={classes.passage}>
      <div className={classes.top}>
        <span className={classes.rank} aria-hidden>
          {rank}
        </span>
        <span className={classes.from}>
          <Link href={`/knowledge/documents/${documentId}?at=${start}`} className={classes.document}>
            <bdi>{passage.document}</bdi>
          </Link>
          {passage.section && <bdi className={classes.section}>{passage.section}</bdi>}
        </span>
        <span
          className={classes.score}
          title="Orders the passages of one question; says nothing across questions"
        >
          {passage.score.toFixed(2)}
          <span className="unseen"> score</span>
        </span>
      </div>
      <p className={classes.text} dir="auto">
        {pieces.map((piece, place) =>
          piece.marked ? (
            <mark key={place} className={classes.word}>
              {piece.text}
            </mark>
          ) : (
            <span key={place}>{piece.text}</span>
          ),
        )}
      </p>
      <dl className={classes.facts}>
        <Fact name="By meaning" rank={why?.vectorRank} value={`cosine ${passage.cosine.toFixed(2)}`} />
        <Fact
          name="By words"
          rank={why?.lexicalRank}
          value={`${Math.round(100 * passage.lexical)} % of the question's words`}
        />
        {why && why.words.length > 0 && (
          <div>
            <dt>Words</dt>
            <dd>{why.words.join(", ")}</dd>
          </div>
        )}
        <div>
          <dt>Language</dt>
          <dd>{languageOf(passage.language)}</dd>
        </div>
      </dl>
    </li>
  );
}

function Fact({ name, rank, value }: { name: string; rank: number | null | undefined; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{rank === null ? "not found" : rank === undefined ? value : `no. ${rank}, ${value}`}</dd>
    </div>
  );
}
