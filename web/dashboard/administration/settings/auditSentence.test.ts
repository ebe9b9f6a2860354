import { expect, test } from "vitest";
import acts from "../../../../src/aichatdesk/platform/audit/acts.py?raw";
import { actName, TOLD_ACTS, whatWasDone } from "./auditSentence";

test("every act of the desk has a sentence of its own", () => {
  const names = [...acts.matchAll(/^ {4}[A-Z_]+ = "([a-z_.]+)"/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => name && !TOLD_ACTS.includes(name))).toEqual([]);
});

test("a sentence names what was changed, and an act that is not known is still told", () => {
  const changed = {
    action: "agent.changed",
    target: "ann@example.org",
    facts: { fields: ["name", "roles"] },
  };
  expect(whatWasDone(changed)).toBe("changed name and teams of ann@example.org");
  const guessed = { action: "agent.sign_in_failed", target: "198.51.100.7", facts: {} };
  expect(whatWasDone(guessed)).toBe(
    "failed to sign in with an address that has no account, from 198.51.100.7",
  );
  expect(whatWasDone({ action: "lamp.lit", target: "kitchen", facts: {} })).toBe("Lamp: lit “kitchen”");
  expect(actName("canned_response.created")).toBe("Canned reply: created");
});
