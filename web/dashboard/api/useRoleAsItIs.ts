import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Refused } from "../../protocol/refused";
import { ME } from "./session";

const FORBIDDEN = 403;

/** Ask who one is again whenever something is refused for one's role: it was changed while the page was open. */
export function useRoleAsItIs(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const look = (error: unknown) => {
      if (error instanceof Refused && error.status === FORBIDDEN)
        void queries.invalidateQueries({ queryKey: ME });
    };
    const reads = queries.getQueryCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    const acts = queries.getMutationCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    return () => {
      reads();
      acts();
    };
  }, [queries]);
}
