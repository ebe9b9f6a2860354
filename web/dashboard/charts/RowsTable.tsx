import { Table } from "@mantine/core";
import classes from "./charts.module.css";
import { type Column, isNumeric, shown } from "./columns";

/** The rows of a chart as a table; it scrolls by keyboard where it is larger than its place. */
export function RowsTable<R>(props: { name: string; columns: readonly Column<R>[]; rows: readonly R[] }) {
  const numeric = props.columns.map((column) => isNumeric(column, props.rows));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={classes.scroll} aria-label={`Table: ${props.name}`} tabIndex={0}>
      <Table verticalSpacing={6} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {props.columns.map((column, place) => (
              <Table.Th key={column.name} scope="col" data-numeric={numeric[place] || undefined}>
                {column.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.rows.map((row, line) => (
            <Table.Tr key={line}>
              {props.columns.map((column, place) => (
                <Table.Td key={column.name} data-numeric={numeric[place] || undefined}>
                  {shown(column, row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
