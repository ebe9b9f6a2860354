import { Badge } from "@mantine/core";
import { Link, useLocation } from "wouter";
import classes from "./Knowledge.module.css";
import { useGaps, useMayTeach, useSuggestions } from "./reads";

/** The parts of the knowledge pages; those that a role may not see are not there. */
export function Sections() {
  const mayTeach = useMayTeach();
  const waiting = useSuggestions("pending").data?.counts.pending ?? 0;
  const gaps = useGaps().data?.gaps.length ?? 0;
  return (
    <nav className={classes.sections} aria-label="Parts of the knowledge base">
      <Section to="/knowledge" name="Documents" />
      <Section to="/knowledge/try" name="Try a question" />
      {mayTeach && <Section to="/knowledge/suggestions" name="Suggestions" open={waiting} />}
      {mayTeach && <Section to="/knowledge/gaps" name="Gaps" open={gaps} />}
    </nav>
  );
}

function Section({ to, name, open = 0 }: { to: string; name: string; open?: number }) {
  const [location] = useLocation();
  return (
    <Link href={to} className={classes.section} aria-current={location === to ? "page" : undefined}>
      {name}
      {open > 0 && (
        <>
          <Badge size="sm" variant="light" circle={open < 10}>
            {open}
          </Badge>
          <span className="unseen">open</span>
        </>
      )}
    </Link>
  );
}
