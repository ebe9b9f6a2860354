import { ActionIcon, Button, Group, Loader } from "@mantine/core";
import { IconSparkles, IconX } from "@tabler/icons-react";
import classes from "./Composer.module.css";
import type { Suggestion } from "./useSuggestion";

/** What the model proposes to answer. Nothing of it goes to the visitor before a person says so. */
export function SuggestionCard(props: {
  suggestion: Suggestion;
  onAccept: (text: string) => void;
  onEdit: (text: string) => void;
  onRetry: () => void;
  onDiscard: () => void;
}) {
  const { state, text, sources, place, error } = props.suggestion;
  const cited = sources.map((one) => ({
    key: `${one.n}`,
    name: [one.document, one.section].filter(Boolean).join(", "),
  }));
  return (
    <section className={classes.suggestion} aria-label="Suggested reply">
      <div className={classes.suggestionHead}>
        <IconSparkles size={15} aria-hidden />
        <strong>Suggested reply</strong>
        {(state === "waiting" || state === "writing") && (
          <span className={classes.hint} role="status">
            <Loader size={12} /> {waitingWords(state, place)}
          </span>
        )}
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          ms="auto"
          aria-label="Discard the suggestion"
          onClick={props.onDiscard}
        >
          <IconX size={15} />
        </ActionIcon>
      </div>
      {text && (
        <p className={classes.suggestionText} dir="auto">
          {text}
        </p>
      )}
      {error && (
        <p className={classes.problem} role="alert">
          {error}
        </p>
      )}
      {cited.length > 0 && (
        <details className={classes.suggestionSources}>
          <summary>Written from {cited.length === 1 ? "1 passage" : `${cited.length} passages`}</summary>
          <ul>
            {cited.map((one) => (
              <li key={one.key}>{one.name}</li>
            ))}
          </ul>
        </details>
      )}
      <Group gap="xs">
        {state === "ready" && (
          <>
            <Button size="compact-sm" onClick={() => props.onAccept(text)}>
              Send as it is
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => props.onEdit(text)}>
              Edit
            </Button>
          </>
        )}
        {state === "failed" && (
          <Button size="compact-sm" variant="default" onClick={props.onRetry}>
            Try again
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={props.onDiscard}>
          {state === "writing" || state === "waiting" ? "Stop" : "Discard"}
        </Button>
      </Group>
    </section>
  );
}

function waitingWords(state: Suggestion["state"], place: number | null): string {
  if (state === "writing") return "is being written …";
  return place ? `waits for the model, place ${place} …` : "waits for the model …";
}
