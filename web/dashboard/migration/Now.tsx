import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ask, sentenceOf } from "../api/call";
import classes from "./Migration.module.css";

/** Which models the desk works with today: where a migration starts. */
export function Now() {
  const { data, error } = useQuery({
    queryKey: ["integrations"],
    queryFn: ({ signal }) => ask.get("/api/v1/integrations", { signal }),
  });
  if (error)
    return (
      <Text size="sm" c="var(--bad)" mb="lg" role="alert">
        Which models are in use could not be read. {sentenceOf(error)}
      </Text>
    );
  const name = (one: "chat" | "embedding") =>
    data
      ? `${data.models[one].model} at ${data.models[one].host}${data.models[one].state === "failing" ? ", does not answer" : ""}`
      : "…";
  return (
    <dl className={classes.now} aria-label="In use today">
      <div>
        <dt>Answers today come from</dt>
        <dd>{name("chat")}</dd>
      </div>
      <div>
        <dt>Vectors today come from</dt>
        <dd>{name("embedding")}</dd>
      </div>
    </dl>
  );
}
