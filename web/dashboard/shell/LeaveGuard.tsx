// Leaving a page with something unsaved asks first: links, commands, the browser's back key and closing it.

import { Button, Group, Modal, Text } from "@mantine/core";
import { useEffect, useId, useSyncExternalStore } from "react";
import type { AroundNavHandler } from "wouter";

// Of each, whether this browser keeps it for when its writer comes back.
const unsaved = new Map<string, boolean>();
let asked: (() => void) | null = null;
let kept = false;
let hearers: (() => void)[] = [];

/** Ask before the page is left, as long as `active`; `keptHere` says that what is not saved is here again later. */
export function useGuardedLeave(active: boolean, keptHere = false): void {
  const id = useId();
  useEffect(() => {
    if (!active) return;
    unsaved.set(id, keptHere);
    return () => void unsaved.delete(id);
  }, [active, keptHere, id]);
}

/** Nothing on this page has to be kept any more: it was saved just now. */
export function forgetUnsaved(): void {
  unsaved.clear();
}

/** For the router: every navigation passes here. */
export const askBeforeLeaving: AroundNavHandler = (navigate, to, options) => {
  if (unsaved.size === 0) navigate(to, options);
  else ask(() => navigate(to, options));
};

/** The question itself; once, in the shell. */
export function LeaveGuard() {
  const waiting = useSyncExternalStore(subscribe, () => asked);
  return (
    <Modal opened={waiting !== null} onClose={() => ask(null)} title="Leave without saving?" zIndex={500}>
      <Text size="sm">
        {kept
          ? "Your text is kept in this browser and is here when you come back. The desk does not have it yet."
          : "What you have changed here is not saved yet."}
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => ask(null)} data-autofocus>
          Stay
        </Button>
        <Button
          {...(!kept && { color: "red.8" })}
          onClick={() => {
            const go = asked;
            unsaved.clear();
            ask(null);
            go?.();
          }}
        >
          {kept ? "Leave" : "Discard changes"}
        </Button>
      </Group>
    </Modal>
  );
}

/** Hear of the back key and of a closing window; call it before the router is there, which must hear of less. */
export function watchLeaving(): void {
  let here = location.href;
  const note = () => {
    here = location.href;
  };
  window.addEventListener("popstate", (event) => {
    if (unsaved.size === 0) return note();
    // The router would show the other page, and the form with its text would be gone.
    event.stopImmediatePropagation();
    const there = location.href;
    history.pushState(null, "", here);
    ask(() => history.pushState(null, "", there));
  });
  for (const type of ["pushState", "replaceState"]) window.addEventListener(type, note);
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });
}

function ask(then: (() => void) | null): void {
  asked = then;
  if (then) kept = [...unsaved.values()].every(Boolean);
  for (const hear of hearers) hear();
}

function subscribe(hear: () => void): () => void {
  hearers = [...hearers, hear];
  return () => {
    hearers = hearers.filter((one) => one !== hear);
  };
}
