import { Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { type Sample, sampled } from "../charts/pace";
import { WorkProgress, type WorkState } from "../charts/WorkProgress";
import { Failed } from "../parts/States";
import { followProgress, type WorkSource } from "./followProgress";

/** Long work as it goes on at the desk; nothing is shown that the desk has not said. */
export function FollowedProgress(props: { name: string; unit: string } & WorkSource) {
  const { address, stream = false, every } = props;
  const [state, setState] = useState<WorkState | null>(null);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [missed, setMissed] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  useEffect(() => {
    const end = new AbortController();
    const hear = {
      state: (next: WorkState) => {
        setMissed(false);
        setState(next);
        setSamples((kept) => sampled(kept, { at: Date.now(), done: next.done }));
      },
      missed: () => setMissed(true),
    };
    void followProgress({ address, stream, ...(every && { every }) }, hear, end.signal).catch(setRefused);
    return () => end.abort();
  }, [address, stream, every]);
  if (refused) return <Failed error={refused} />;
  return (
    <>
      {state ? (
        <WorkProgress name={props.name} unit={props.unit} state={state} samples={samples} />
      ) : (
        <Text size="sm" c="var(--faint)">
          {props.name}: asking the desk …
        </Text>
      )}
      {missed && (
        <Text size="xs" c="var(--bad)" mt={4} role="status">
          The desk does not answer; we keep asking.
        </Text>
      )}
    </>
  );
}
