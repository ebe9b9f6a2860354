import { Checkbox, Table } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "wouter";
import type { DocumentRow } from "../shapes";
import { When } from "../When";
import { kindOf, languageOf, sizeOf } from "../wording";
import classes from "./Documents.module.css";
import { type Listed, turned } from "./listed";
import { StateBadge } from "./StateBadge";
import type { SortKey, View } from "./sortDocuments";

const COLUMNS: readonly { key: SortKey; name: string; number?: boolean }[] = [
  { key: "name", name: "Document" },
  { key: "state", name: "State" },
  { key: "kind", name: "Kind" },
  { key: "passages", name: "Passages", number: true },
  { key: "size", name: "Size", number: true },
  { key: "language", name: "Language" },
  { key: "added", name: "Added" },
];

/** The documents as a table, sorted by a click on a heading. */
export function DocumentTable({ rows, view, onView, picked, onPick }: Listed) {
  const here = rows.filter((row) => picked.has(row.id)).length;
  const all = here === rows.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="Documents">
      <Table verticalSpacing={10} highlightOnHover className={classes.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={44}>
              <Checkbox
                aria-label="Select all that are shown"
                checked={all}
                indeterminate={here > 0 && !all}
                onChange={() => onPick(new Set(all ? [] : rows.map((row) => row.id)))}
              />
            </Table.Th>
            {COLUMNS.map((column) => (
              <Heading key={column.key} column={column} view={view} onView={onView} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              picked={picked.has(row.id)}
              onPick={() => onPick(turned(picked, row.id))}
            />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Heading({
  column,
  view,
  onView,
}: { column: (typeof COLUMNS)[number] } & Pick<Listed, "view" | "onView">) {
  const sorted = view.sort === column.key;
  const Arrow = view.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      aria-sort={sorted ? (view.descending ? "descending" : "ascending") : undefined}
      className={column.number ? (classes.number ?? "") : ""}
    >
      <button type="button" className={classes.sort} onClick={() => onView(sortedBy(view, column.key))}>
        {column.name}
        <Arrow size={14} aria-hidden className={sorted ? "" : classes.unsorted} />
      </button>
    </Table.Th>
  );
}

/** By another column, or the other way round; what is newest or largest comes first. */
export function sortedBy(view: View, sort: SortKey): View {
  const descending =
    view.sort === sort ? !view.descending : sort === "added" || sort === "size" || sort === "passages";
  return { ...view, sort, descending };
}

function Row({ row, picked, onPick }: { row: DocumentRow; picked: boolean; onPick: () => void }) {
  return (
    <Table.Tr {...(picked && { bg: "color-mix(in srgb, var(--own) 50%, var(--ground))" })}>
      <Table.Td>
        <Checkbox aria-label={`Select ${row.originalName}`} checked={picked} onChange={onPick} />
      </Table.Td>
      <Table.Td className={classes.named ?? ""}>
        <Link href={`/knowledge/documents/${row.id}`} className={classes.link}>
          <bdi>{row.originalName}</bdi>
        </Link>
        {row.sourceUrl && <span className={classes.from}>{row.sourceUrl}</span>}
      </Table.Td>
      <Table.Td>
        <StateBadge of={row} />
      </Table.Td>
      <Table.Td>{kindOf(row)}</Table.Td>
      <Table.Td className={classes.number ?? ""}>{row.chunkCount.toLocaleString("en")}</Table.Td>
      <Table.Td className={classes.number ?? ""}>{sizeOf(row.fileSize)}</Table.Td>
      <Table.Td>{languageOf(row.language)}</Table.Td>
      <Table.Td className={classes.when ?? ""}>
        <When at={row.uploadedAt} />
      </Table.Td>
    </Table.Tr>
  );
}
