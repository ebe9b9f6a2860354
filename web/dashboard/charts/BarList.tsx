import { Group, Paper, Text, Title } from "@mantine/core";
import { useId } from "react";
import { SaveButton } from "./ChartCard";
import classes from "./charts.module.css";
import { count, percent, share } from "./words";

export interface BarRow {
  name: string;
  count: number;
}

/** Counts by name: a table whose middle cells are bars, so that it needs no other. */
export function BarList(props: {
  title: string;
  says: string;
  /** What a row is, and what is counted. */
  of: [string, string];
  rows: readonly BarRow[];
  file: string;
  nothing?: string;
}) {
  const id = useId();
  const sum = props.rows.reduce((total, row) => total + row.count, 0);
  const most = Math.max(1, ...props.rows.map((row) => row.count));
  const columns = [
    { name: props.of[0], of: (row: BarRow) => row.name },
    { name: props.of[1], of: (row: BarRow) => row.count },
  ];
  return (
    <Paper component="section" className={classes.card} withBorder p="md" radius="lg" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Title order={2} size="h5" id={id}>
          {props.title}
        </Title>
        {!props.nothing && (
          <div className={classes.tools}>
            <SaveButton title={props.title} columns={columns} rows={props.rows} file={props.file} />
          </div>
        )}
      </Group>
      <Text size="sm" c="var(--faint)" mb="xs">
        {props.nothing ?? props.says}
      </Text>
      {!props.nothing && (
        <table className={classes.bars} aria-labelledby={id}>
          <thead className="unseen">
            <tr>
              <th scope="col">{props.of[0]}</th>
              <td />
              <th scope="col">{props.of[1]}</th>
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td aria-hidden>
                  <div className={classes.track}>
                    {row.count > 0 && (
                      <div className={classes.fill} style={{ width: `${(row.count / most) * 100}%` }} />
                    )}
                  </div>
                </td>
                <td className={classes.figure}>
                  {count(row.count)}
                  <Text span size="xs" c="var(--faint)" ms={6}>
                    <bdi dir="ltr">{percent(share(row.count, sum))}</bdi>
                  </Text>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Paper>
  );
}
