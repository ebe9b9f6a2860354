// The desk's list of chats, moved on by frames; an older row never takes the place of a newer one.

import type { ChatRow, DeskFrame, LastMessage, ShownMessage } from "./deskSocket";

const WAIT_BEGINS = new Set(["handed_over", "reopened"]);

/** The rows after one more frame; the same array where nothing changes. */
export function advanceRows(rows: readonly ChatRow[], frame: DeskFrame): readonly ChatRow[] {
  switch (frame.type) {
    case "dashboard.chat.created":
      return frame.chat ? withRow(rows, frame.chat) : rows;
    case "dashboard.chat.updated": {
      const begins =
        WAIT_BEGINS.has(frame.event ?? "") && frame.chat?.status === "waiting" && frame.timestamp;
      return frame.chat ? withRow(rows, begins ? { ...frame.chat, waitingSince: begins } : frame.chat) : rows;
    }
    case "dashboard.message.new":
      return frame.message ? withWords(rows, frame.sessionId, frame.message) : rows;
    case "dashboard.chat.closed": {
      const known = rows.find((row) => row.sessionId === frame.sessionId);
      if (!known || known.seq >= frame.seq) return rows;
      return withRow(rows, { ...known, status: "closed", seq: frame.seq, endedAt: new Date().toISOString() });
    }
    case "dashboard.chat.deleted":
      return rows.filter((row) => row.sessionId !== frame.sessionId);
    case "chat.flagged":
      return rows.map((row) =>
        row.sessionId === frame.sessionId ? { ...row, metadata: { ...row.metadata, profanity: true } } : row,
      );
    default:
      return rows;
  }
}

/** The newest of what is known and what was fetched; a row that was not fetched any more is gone.
 *
 * `heard` are the frames that came since the list was asked for: it may be older than they are.
 */
export function mergeRows(
  known: readonly ChatRow[],
  fetched: readonly ChatRow[],
  heard: readonly DeskFrame[] = [],
): readonly ChatRow[] {
  const bySession = new Map(known.map((row) => [row.sessionId, row]));
  const merged: readonly ChatRow[] = fetched.map((row) => {
    const before = bySession.get(row.sessionId);
    return before ? newer(before, row) : row;
  });
  return heard.reduce(advanceRows, merged);
}

function withRow(rows: readonly ChatRow[], row: ChatRow): readonly ChatRow[] {
  const known = rows.find((one) => one.sessionId === row.sessionId);
  if (!known) return [row, ...rows];
  const next = newer(known, row);
  return next === known ? rows : rows.map((one) => (one === known ? next : one));
}

/** Rows of frames do not tell what was said last, nor since when a chat waits that waited before. */
function newer(known: ChatRow, row: ChatRow): ChatRow {
  const next = known.seq > row.seq ? known : { ...row };
  const said = latest(known.lastMessage, row.lastMessage);
  const since = row.waitingSince ?? known.waitingSince;
  if (next === known) return said && said !== known.lastMessage ? { ...known, lastMessage: said } : known;
  if (said) next.lastMessage = said;
  if (next.status === "waiting" && since) next.waitingSince = since;
  else delete next.waitingSince;
  return next;
}

function withWords(
  rows: readonly ChatRow[],
  sessionId: string,
  { sender, content, sentAt }: ShownMessage,
): readonly ChatRow[] {
  const said: LastMessage = { sender, content, sentAt };
  const known = rows.find((row) => row.sessionId === sessionId);
  if (!known || latest(known.lastMessage, said) !== said) return rows;
  return rows.map((row) => (row === known ? { ...row, lastMessage: said } : row));
}

/** The later of two; of two at one moment the second. */
function latest(
  one: LastMessage | null | undefined,
  other: LastMessage | null | undefined,
): LastMessage | null | undefined {
  if (!one || !other) return one ?? other;
  return other.sentAt >= one.sentAt ? other : one;
}
