// The desk's list of chats, moved on by frames; an older row never takes the place of a newer one.

import type { ChatRow, DeskFrame } from "./deskSocket";

/** The rows after one more frame; the same array where nothing changes. */
export function advanceRows(rows: readonly ChatRow[], frame: DeskFrame): readonly ChatRow[] {
  switch (frame.type) {
    case "dashboard.chat.created":
    case "dashboard.chat.updated":
      return frame.chat ? withRow(rows, frame.chat) : rows;
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

/** The newest of what is known and what was fetched; a row that was not fetched any more is gone. */
export function mergeRows(known: readonly ChatRow[], fetched: readonly ChatRow[]): ChatRow[] {
  const bySession = new Map(known.map((row) => [row.sessionId, row]));
  return fetched.map((row) => {
    const before = bySession.get(row.sessionId);
    return before && before.seq > row.seq ? before : row;
  });
}

function withRow(rows: readonly ChatRow[], row: ChatRow): readonly ChatRow[] {
  const known = rows.find((one) => one.sessionId === row.sessionId);
  if (!known) return [row, ...rows];
  if (known.seq > row.seq) return rows;
  return rows.map((one) => (one === known ? row : one));
}
