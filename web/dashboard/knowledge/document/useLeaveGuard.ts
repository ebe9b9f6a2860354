import { useEffect, useState } from "react";
import { useLocation } from "wouter";

// As far as we use it; a browser without it keeps the draft all the same.
interface Leaving extends Event {
  navigationType: string;
  destination: { url: string; key: string; sameDocument: boolean };
}
interface Navigations extends EventTarget {
  traverseTo: (key: string) => unknown;
}

/** Asks before somebody leaves while `unsaved`; returns how to go on and how to stay, null while nobody leaves. */
export function useLeaveGuard(unsaved: boolean): { leave: () => void; stay: () => void } | null {
  const [going, setGoing] = useState<Leaving["destination"] | null>(null);
  const [back, setBack] = useState(false);
  const [freed, setFreed] = useState(false);
  const [, go] = useLocation();
  useEffect(() => {
    if (!unsaved || freed) return;
    const navigations = (window as { navigation?: Navigations }).navigation;
    const onLeave = (event: Event) => {
      const { destination, navigationType } = event as Leaving;
      if (!destination.sameDocument || !event.cancelable || navigationType === "reload") return;
      if (new URL(destination.url).pathname === location.pathname) return;
      event.preventDefault();
      setBack(navigationType === "traverse");
      setGoing({ url: destination.url, key: destination.key, sameDocument: true });
    };
    const onUnload = (event: Event) => event.preventDefault();
    navigations?.addEventListener("navigate", onLeave);
    window.addEventListener("beforeunload", onUnload);
    return () => {
      navigations?.removeEventListener("navigate", onLeave);
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [unsaved, freed]);
  useEffect(() => {
    if (!freed || !going) return;
    const { pathname, search } = new URL(going.url);
    if (back) (window as { navigation?: Navigations }).navigation?.traverseTo(going.key);
    else go(`~${pathname}${search}`);
  }, [freed, going, back, go]);
  return going && !freed ? { leave: () => setFreed(true), stay: () => setGoing(null) } : null;
}
