import { Anchor, Code, Text } from "@mantine/core";
import {
  IconBrandGithub,
  IconBrandTeams,
  IconCalendar,
  IconCpu,
  IconMail,
  IconUserCheck,
} from "@tabler/icons-react";
import { Link } from "wouter";
import { Page } from "../../parts/Page";
import { Failed, Waiting } from "../../parts/States";
import { Section } from "../parts/Section";
import { useIntegrations } from "../reads";
import type { IntegrationStates, ModelState } from "../shapes";
import { Card, Service } from "./IntegrationCard";
import { mailWords } from "./integrationWords";
import classes from "./settings.module.css";
import { SETTINGS_LINKS } from "./settingsLinks";

export function Integrations() {
  const states = useIntegrations();
  return (
    <Page
      title="Integrations"
      about="What the desk works with. Everything here is off until whoever runs the server sets it up; keys are never shown."
    >
      {states.isPending && <Waiting what="Looking at the integrations" />}
      {states.isLoadingError && <Failed error={states.error} onRetry={() => void states.refetch()} />}
      {states.data && (
        <>
          <Models models={states.data.models} />
          <div className={classes.states}>
            <Services states={states.data} />
          </div>
        </>
      )}
    </Page>
  );
}

/** The two models, and where they run: nothing a visitor writes goes to another host to be answered. */
function Models({ models }: { models: IntegrationStates["models"] }) {
  const hosts = [...new Set([models.chat.host, models.embedding.host])];
  return (
    <Section
      title="Models"
      about={
        <>
          Questions and documents are read by these models and no others. What is sent to them goes to{" "}
          <strong>{hosts.join(" and ")}</strong> and nowhere else.
        </>
      }
    >
      <div className={classes.states}>
        <Model name="Chat model" what="Writes the answers." model={models.chat} />
        <Model name="Embedding model" what="Finds passages by meaning." model={models.embedding} />
      </div>
    </Section>
  );
}

function Model({ name, what, model }: { name: string; what: string; model: ModelState }) {
  const ready = model.state === "ready";
  return (
    <Card
      icon={IconCpu}
      name={name}
      state={ready ? "Ready" : "Does not answer"}
      tone={ready ? "good" : "bad"}
    >
      <Text size="sm">{what}</Text>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        <strong>{model.model}</strong> at <Code>{model.host}</Code>
      </Text>
      {!ready && (
        <Text size="sm" c="var(--bad)">
          The desk tries it again by itself. Until it answers, chats go to people.
        </Text>
      )}
    </Card>
  );
}

function Services({ states: { mail, calendar, tickets, teams, identity } }: { states: IntegrationStates }) {
  return (
    <>
      <Service
        icon={IconMail}
        name="Mail"
        on={mail.configured}
        trouble={mail.failed > 0 ? "Some could not be sent" : null}
        settings={["SENDGRID_API_KEY", "SENDGRID_FROM_EMAIL", "SENDGRID_TO_EMAIL", "AICHATDESK_PUBLIC_URL"]}
        guide="mail.md"
        off="Visitors get no transcripts, and nobody is told by mail of a chat that waits."
      >
        {mailWords(mail)}{" "}
        <Anchor component={Link} href={SETTINGS_LINKS.outbox.link} size="sm">
          See the outbox
        </Anchor>
      </Service>
      <Service
        icon={IconCalendar}
        name="Calendar"
        on={calendar.configured}
        trouble={calendar.problem ? "Has a problem" : null}
        settings={[
          "MICROSOFT_GRAPH_TENANT_ID",
          "MICROSOFT_GRAPH_CLIENT_ID",
          "MICROSOFT_GRAPH_CLIENT_SECRET",
          "OFFICE365_CALENDAR_EMAIL",
        ]}
        guide="calendar.md"
        off="Visitors cannot book a call."
      >
        {calendar.problem ?? `Visitors book calls in the calendar of ${calendar.email ?? "nobody yet"}.`}{" "}
        <Anchor component={Link} href={SETTINGS_LINKS.calls.link} size="sm">
          See the booked calls
        </Anchor>{" "}
        or{" "}
        <Anchor component={Link} href={SETTINGS_LINKS.company.link} size="sm">
          set the hours
        </Anchor>
        .
      </Service>
      <Service
        icon={IconBrandTeams}
        name="Microsoft Teams"
        on={teams.configured}
        settings={["MICROSOFT_APP_ID", "MICROSOFT_APP_PASSWORD", "TEAMS_CHANNEL_ID"]}
        guide="teams.md"
        off="Nobody can answer chats from Teams."
      >
        New chats are announced in Teams, and can be answered there by whoever has the address that they use
        there in their account.
      </Service>
      <Service
        icon={IconBrandGithub}
        name="Tickets on GitHub"
        on={tickets.configured}
        settings={["GITHUB_REPO", "GITHUB_TOKEN"]}
        guide="mail.md"
        off="Bug reports and wishes stay chats."
      >
        Chats that begin as a report open an issue in {tickets.repository}.
      </Service>
      <Service
        icon={IconUserCheck}
        name="Signed visitors"
        on={identity.configured}
        settings={["WIDGET_IDENTITY_SECRET"]}
        guide="mail.md"
        off="The desk cannot know who a visitor is; names and addresses are what they typed."
      >
        Your web page can tell the desk who its visitors are, signed.
      </Service>
    </>
  );
}
