import { Button, Progress, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconCircleDashed } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { useInvites, usePeople, useSettings } from "../reads";
import classes from "./settings.module.css";
import { SETTINGS_LINKS } from "./settingsLinks";

interface Step {
  title: string;
  about: string;
  done: boolean | undefined;
  href: string;
  act: string;
  /** The address is no page of the dashboard. */
  outside?: boolean;
}

const EVER = { startDate: "2000-01-01" };

/** The first steps; the desk itself tells which are done. */
export function GettingStarted() {
  const steps = useSteps();
  const done = steps.filter((step) => step.done).length;
  return (
    <Page
      title="Getting started"
      about={
        done === steps.length
          ? "Everything is done: the desk answers your visitors."
          : "Four steps from an empty desk to one that answers. Any order will do."
      }
    >
      <Progress
        value={(done / steps.length) * 100}
        mb="lg"
        maw={420}
        aria-label={`${done} of ${steps.length} steps are done`}
      />
      <ol className={classes.steps}>
        {steps.map((step) => (
          <StepRow key={step.title} step={step} />
        ))}
      </ol>
    </Page>
  );
}

function StepRow({ step }: { step: Step }) {
  const look = { variant: step.done ? "default" : "light", size: "sm" };
  return (
    <li className={classes.step} data-done={step.done === true}>
      <ThemeIcon
        variant={step.done ? "filled" : "light"}
        color={step.done ? "fern" : "gray"}
        radius="xl"
        size={34}
        role="img"
        aria-label={step.done ? "Done" : "Not done yet"}
      >
        {step.done ? <IconCheck size={19} /> : <IconCircleDashed size={19} />}
      </ThemeIcon>
      <div>
        <Text fw={600}>{step.title}</Text>
        <Text size="sm" c="var(--faint)">
          {step.about}
        </Text>
      </div>
      {step.outside ? (
        <Button component="a" target="_blank" href={step.href} {...look}>
          {step.act}
        </Button>
      ) : (
        <Button component={Link} href={step.href} {...look}>
          {step.act}
        </Button>
      )}
    </li>
  );
}

function useSteps(): Step[] {
  const documents = useQuery({
    queryKey: ["knowledge-count"],
    queryFn: async () => (await ask.get("/api/knowledge")).length,
    staleTime: 0,
  });
  const questions = useQuery({
    queryKey: ["questions-count"],
    queryFn: async () =>
      (await ask.get("/api/analytics/common-questions", { query: { ...EVER, limit: 1 } })).length,
    staleTime: 0,
  });
  const people = usePeople();
  const invites = useInvites();
  const settings = useSettings();
  return [
    {
      title: "Add what the assistant should know",
      about: "Manuals, answers, web pages. It answers from these and from nothing else.",
      done: documents.data === undefined ? undefined : documents.data > 0,
      href: "/knowledge",
      act: "Add documents",
    },
    {
      title: "Ask a test question",
      about: "Open the chat as a visitor sees it, and ask something that your documents answer.",
      done: questions.data === undefined ? undefined : questions.data > 0,
      href: "/widget/",
      act: "Open the chat",
      outside: true,
    },
    {
      title: "Put the widget on your page",
      about: "Choose its colour and words, then copy one line into your page.",
      done: settings.data && settings.data.snippetCopied === true,
      href: SETTINGS_LINKS.widget.link,
      act: "Design the widget",
    },
    {
      title: "Invite a colleague",
      about: "So that somebody is there when a visitor asks for a person.",
      done: people.data && invites.data && (people.data.length > 1 || invites.data.length > 0),
      href: "/people/invites/new",
      act: "Invite",
    },
  ];
}
