import { ActionIcon, Button, Group, Paper, Skeleton, Text, Title, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Component, type ReactNode, Suspense, useId, useState } from "react";
import classes from "./charts.module.css";
import type { Column } from "./columns";
import { csvOf, keepFile } from "./csv";
import { Legend, type LegendItem } from "./Legend";
import { RowsTable } from "./RowsTable";

interface Props<R> {
  title: string;
  /** The main figure in a sentence: it stands under the title and is what a screen reader hears of the drawing. */
  says: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  /** The name of the file, without its ending. */
  file: string;
  legend?: readonly LegendItem[];
  /** As wide as the page: then the table stands beside the drawing. */
  wide?: boolean;
  height?: number;
  /** What to say where there is nothing to draw. */
  nothing?: string;
  children: ReactNode;
}

/** A chart with its sentence, its table and its file. */
export function ChartCard<R>(props: Props<R>) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const table = <RowsTable name={props.title} columns={props.columns} rows={props.rows} />;
  return (
    <Paper component="section" className={classes.card} withBorder p="md" radius="lg" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Title order={2} size="h5" id={id}>
          {props.title}
        </Title>
        {!props.nothing && (
          <Group gap={4} wrap="nowrap" className={classes.tools}>
            <Button
              variant="subtle"
              size="compact-sm"
              className={props.wide ? classes.narrow : undefined}
              aria-pressed={asTable}
              aria-label={`Table: ${props.title}`}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? "Chart" : "Table"}
            </Button>
            <SaveButton {...props} />
          </Group>
        )}
      </Group>
      <Text size="sm" c="var(--faint)" mb="sm">
        {props.nothing ?? props.says}
      </Text>
      {!props.nothing && (
        <div className={props.wide ? classes.beside : undefined} data-table={asTable || undefined}>
          <div className={classes.drawing}>
            {props.legend && <Legend items={props.legend} />}
            <Drawing says={`${props.title}. ${props.says}`} height={props.height ?? 220} table={table}>
              {props.children}
            </Drawing>
          </div>
          <div className={classes.table}>{table}</div>
        </div>
      )}
    </Paper>
  );
}

/** The file of a chart. */
export function SaveButton<R>(props: Pick<Props<R>, "title" | "columns" | "rows" | "file">) {
  return (
    <Tooltip label="Save as CSV" withArrow>
      <ActionIcon
        variant="subtle"
        aria-label={`Save as CSV: ${props.title}`}
        onClick={() => keepFile(`${props.file}.csv`, csvOf(props.columns, props.rows))}
      >
        <IconDownload size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function Drawing(props: { says: string; height: number; table: ReactNode; children: ReactNode }) {
  return (
    <NotDrawn table={props.table}>
      <Suspense fallback={<Skeleton h={props.height} radius="md" aria-hidden />}>
        <div role="img" aria-label={props.says} style={{ height: props.height }}>
          {props.children}
        </div>
      </Suspense>
    </NotDrawn>
  );
}

/** Shows the table where the part that draws could not be loaded. */
class NotDrawn extends Component<{ table: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <>
        <Text size="sm" role="status">
          The drawing could not be loaded; here is its table.
        </Text>
        {this.props.table}
      </>
    );
  }
}
