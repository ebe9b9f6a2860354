import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/call";

export const SETUP = ["setup"];

/** Whether the desk has no account yet. */
export function useSetup() {
  return useQuery({
    queryKey: SETUP,
    queryFn: async () => (await ask.get("/api/v1/setup")).needed,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
