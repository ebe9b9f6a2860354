import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "wouter";
import type { Learned } from "../shapes";
import { inSentence } from "../wording";

/** Tells where a pair is kept. */
export function toldLearned(learned: Learned): void {
  const kept = learned.state !== "embedded";
  const where = (
    <Anchor component={Link} href={`/knowledge/documents/${learned.id}`} size="sm">
      {learned.merged ? "a document" : "Its document"}
    </Anchor>
  );
  notifications.show({
    color: kept ? "orange" : "fern",
    title: kept ? "Kept" : "Learned",
    autoClose: 10_000,
    message: (
      <>
        {learned.merged ? (
          <>It joined {where} that says the same.</>
        ) : (
          <>{where} can be edited like any other.</>
        )}
        {kept &&
          ` It is tried again by itself: ${inSentence(learned.stateReason ?? "it could not be embedded yet")}.`}
      </>
    ),
  });
}
