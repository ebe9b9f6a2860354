import { Checkbox } from "@mantine/core";
import { Link } from "wouter";
import { When } from "../When";
import { count, kindOf, languageOf, sizeOf } from "../wording";
import classes from "./Documents.module.css";
import { type Listed, turned } from "./listed";
import { StateBadge } from "./StateBadge";

/** The documents one below the other, where there is no room for a table. */
export function DocumentCards({ rows, picked, onPick }: Listed) {
  return (
    <ul className={classes.cards} aria-label="Documents">
      {rows.map((row) => (
        <li key={row.id} className={classes.card} data-picked={picked.has(row.id)}>
          <Checkbox
            aria-label={`Select ${row.originalName}`}
            checked={picked.has(row.id)}
            onChange={() => onPick(turned(picked, row.id))}
          />
          <div className={classes.about}>
            <Link href={`/knowledge/documents/${row.id}`} className={classes.link}>
              <bdi>{row.originalName}</bdi>
            </Link>
            <span className={classes.facts}>
              {kindOf(row)} · {count(row.chunkCount, "passage")}
              {row.fileSize !== undefined && ` · ${sizeOf(row.fileSize)}`} · {languageOf(row.language)} ·{" "}
              <When at={row.uploadedAt} />
            </span>
            {row.sourceUrl && <span className={classes.from}>{row.sourceUrl}</span>}
            <StateBadge of={row} />
          </div>
        </li>
      ))}
    </ul>
  );
}
