import { Anchor, Badge, Button, Group, Text, Title } from "@mantine/core";
import { IconCalendarEvent } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { FormModal } from "../parts/FormModal";
import parts from "../parts/parts.module.css";
import { KEYS, useBookings } from "../reads";
import type { BookedMeeting } from "../shapes";
import { faultOfForm, useAct } from "../useAct";
import { byDay, hoursOf, zoneHere } from "./bookingTimes";
import classes from "./settings.module.css";

const KINDS: Record<BookedMeeting["meetingType"], string> = {
  call: "Call",
  demo: "Demo",
  meeting: "Meeting",
};

/** The meetings that visitors have booked and that are not over. */
export function BookedCalls() {
  const coming = useBookings();
  const [cancelled, setCancelled] = useState<BookedMeeting | null>(null);
  const found = coming.data?.bookings;
  return (
    <Page
      title="Booked calls"
      about={`What visitors have booked in the calendar, soonest first. Times are by this computer's clock (${zoneHere()}). What is moved in the calendar itself stays here as it was booked.`}
    >
      {coming.isPending && <Waiting what="Looking for booked calls" />}
      {coming.isLoadingError && <Failed error={coming.error} onRetry={() => void coming.refetch()} />}
      {found?.length === 0 && (
        <Empty icon={<IconCalendarEvent size={26} />} title="No calls are coming">
          {coming.data?.configured
            ? "When a visitor books a call, a demo or a meeting, it is listed here until it is over."
            : "No calendar is connected, so visitors cannot book a call. Whoever runs the server can connect one; the integrations say how."}
        </Empty>
      )}
      {byDay(found ?? []).map(({ day, meetings }) => (
        <section key={day} aria-label={day} className={classes.bookedDay}>
          <Title order={2} size="h6" mb={6}>
            {day}
          </Title>
          <ul className={parts.rows}>
            {meetings.map((meeting) => (
              <Row key={meeting.id} meeting={meeting} onCancel={() => setCancelled(meeting)} />
            ))}
          </ul>
        </section>
      ))}
      {cancelled && <Cancel meeting={cancelled} onClose={() => setCancelled(null)} />}
    </Page>
  );
}

function Row({ meeting, onCancel }: { meeting: BookedMeeting; onCancel: () => void }) {
  const { start, customerName, customerEmail, meetingLink, sessionId } = meeting;
  const begun = Date.parse(start) <= Date.now();
  return (
    <li className={classes.row}>
      <Text fw={600} className={classes.hours}>
        <time dateTime={start} dir="ltr">
          {hoursOf(meeting)}
        </time>
      </Text>
      <div className={classes.grow}>
        <Group gap="xs">
          <Text fw={600} dir="auto" style={{ overflowWrap: "anywhere" }}>
            {customerName || "Somebody whose name was erased"}
          </Text>
          <Badge variant="default" tt="none" fw={500}>
            {KINDS[meeting.meetingType]}
          </Badge>
          {begun && (
            <Badge variant="light" tt="none" fw={500}>
              Now
            </Badge>
          )}
        </Group>
        {customerEmail && (
          <Text size="sm" c="var(--faint)" style={{ overflowWrap: "anywhere" }}>
            {customerEmail}
          </Text>
        )}
        {meeting.state === "reserved" && (
          <Text size="sm" c="var(--faint)">
            The time is held; the calendar has not confirmed the meeting yet.
          </Text>
        )}
      </div>
      <Group gap={6} wrap="wrap">
        {meetingLink?.startsWith("https://") && (
          <Button
            component="a"
            href={meetingLink}
            target="_blank"
            rel="noopener noreferrer"
            size="compact-sm"
            variant="light"
          >
            Join
          </Button>
        )}
        {sessionId && (
          <Anchor component={Link} href={`/inbox/${encodeURIComponent(sessionId)}`} size="sm" px={6}>
            Open the chat
          </Anchor>
        )}
        {meeting.eventId && !begun && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Cancel the ${KINDS[meeting.meetingType].toLowerCase()} with ${nameOf(meeting)}`}
            onClick={onCancel}
          >
            Cancel
          </Button>
        )}
      </Group>
    </li>
  );
}

function Cancel({ meeting, onClose }: { meeting: BookedMeeting; onClose: () => void }) {
  const cancel = useAct({
    does: () =>
      ask.post("/api/v1/calendar/bookings/{event_id}/cancel", { path: { event_id: meeting.eventId ?? "" } }),
    changes: [KEYS.bookings],
    done: `The ${KINDS[meeting.meetingType].toLowerCase()} with ${nameOf(meeting)} is called off.`,
    onDone: onClose,
  });
  return (
    <FormModal
      title={`Call off the ${KINDS[meeting.meetingType].toLowerCase()} with ${nameOf(meeting)}?`}
      act="Call it off"
      danger
      busy={cancel.isPending}
      fault={faultOfForm(cancel.error)}
      onAct={() => cancel.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        The calendar tells whoever was invited, and the time can be booked by somebody else at once.
      </Text>
    </FormModal>
  );
}

function nameOf({ customerName }: BookedMeeting): string {
  return customerName || "somebody";
}
