import { Anchor, Group, Paper, Table, Text, Title } from "@mantine/core";
import { useId } from "react";
import { Link } from "wouter";
import { SaveButton } from "../charts/ChartCard";
import classes from "../charts/charts.module.css";
import { count } from "../charts/words";
import type { Report } from "./shapes";

type Question = Report["questions"][number];

const COLUMNS = [
  { name: "Question", of: (row: Question) => row.question },
  { name: "Times", of: (row: Question) => row.count },
];

/** What visitors ask first; each can be tried against the knowledge base. */
export function Questions({ questions, file }: { questions: readonly Question[]; file: string }) {
  const id = useId();
  const nothing = questions.length === 0;
  return (
    <Paper component="section" className={classes.card} withBorder p="md" radius="lg" aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5" id={id}>
          Common questions
        </Title>
        {!nothing && (
          <div className={classes.tools}>
            <SaveButton title="Common questions" columns={COLUMNS} rows={questions} file={file} />
          </div>
        )}
      </Group>
      <Text size="sm" c="var(--faint)" mb="xs">
        {nothing
          ? "Nobody has asked anything in this period."
          : "The first words of visitors, most often first. Try one to see which passages it finds."}
      </Text>
      {!nothing && (
        <Table verticalSpacing={7} aria-labelledby={id} className={classes.questions}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Question</Table.Th>
              <Table.Th scope="col">Times</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {questions.map((row) => (
              <Table.Tr key={row.question}>
                <Table.Td className={classes.words}>
                  <bdi>{row.question}</bdi>
                </Table.Td>
                <Table.Td>{count(row.count)}</Table.Td>
                <Table.Td>
                  <Anchor
                    component={Link}
                    size="sm"
                    href={`/knowledge/try?q=${encodeURIComponent(row.question)}`}
                    aria-label={`Try: ${row.question}`}
                  >
                    Try
                  </Anchor>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}
