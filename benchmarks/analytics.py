"""How long the report on a period takes with 20,000 chats of two turns each, whose answers carry eight sources."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from aichatdesk.conversation.analytics import Period, common_questions, overview
from aichatdesk.conversation.analytics_report import report
from aichatdesk.conversation.tables import chat_events, chats, messages
from aichatdesk.core.clock import to_millis
from aichatdesk.core.ids import new_id, new_session_id
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

CHATS = 20_000
TURNS = 2
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90
WORDS = "invoices are paid within thirty days and parcels arrive after three days of travel ".split()


class Rows:
    """Makes the rows that chats leave."""

    def __init__(self) -> None:
        self._chance = random.Random(11)
        self.chats: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def chat(self) -> None:
        """One chat: two questions with answers, and for one in four a person."""
        began = to_millis(FIRST + timedelta(milliseconds=self._chance.randrange(DAYS * 86_400_000)))
        chat: dict[str, Any] = {"id": new_id(), "at": began, "seq": 0}
        for _ in range(TURNS):
            self._turn(chat)
        by_people = self._chance.random() < 0.25
        if by_people:
            self._event(chat, "handed_over", {"reason": self._chance.choice(["not_sure", "visitor_asked"])})
            chat["at"] += self._chance.randrange(600_000)
            self._message(chat, "agent", {}, "message")
        self.chats.append(
            {
                "id": chat["id"],
                "session_id": new_session_id(),
                "token_hash": "0" * 64,
                "user_name": "Ann",
                "user_email": "ann@example.org",
                "status": "closed",
                "mode": "human" if by_people else "ai",
                "category": self._chance.choice(["general", "billing", "technical"]),
                "priority": "medium",
                "ticket_type": "chat",
                "language": self._chance.choice(["en", "de", "fr"]),
                "metadata": "{}",
                "started_at": began,
                "ended_at": chat["at"],
                "rating": self._chance.choice([None, 1, 4, 5]),
                "public_seq": chat["seq"],
                "staff_seq": chat["seq"],
                "created_at": began,
                "updated_at": chat["at"],
            }
        )

    def _turn(self, chat: dict[str, Any]) -> None:
        self._message(chat, "user", {}, "message")
        chat["at"] += self._chance.randrange(400, 9000)
        sources = [{"n": n, "documentId": new_id(), "text": self._text(900)} for n in range(8)]
        citations = [{"n": 1, "quote": self._text(150)} for _ in range(3)]
        known = {
            "sources": sources,
            "citations": citations,
            "confidence": self._chance.random(),
            "helpful": self._chance.choice([True, False, None]),
        }
        answer = self._message(chat, "ai", known, "sources", {"sources": sources})
        for citation in citations:
            said = {"messageId": answer, "text": self._text(120), "citations": [citation]}
            self._event(chat, "sentence", said)
        self._event(chat, "finished", {"messageId": answer, "confidence": known["confidence"]})

    def _message(
        self,
        chat: dict[str, Any],
        sender: str,
        known: dict[str, Any],
        type_: str,
        data: dict[str, Any] | None = None,
    ) -> str:
        message_id = new_id()
        text = self._text(60)
        self._event(chat, type_, {"messageId": message_id, "content": text} | (data or {}))
        self.messages.append(
            {
                "id": message_id,
                "chat_id": chat["id"],
                "position": chat["seq"],
                "sender": sender,
                "content": text,
                "attachments": "[]",
                "metadata": json.dumps(known),
                "is_internal": False,
                "state": "complete",
                "sent_at": chat["at"],
            }
        )
        return message_id

    def _event(self, chat: dict[str, Any], type_: str, data: dict[str, Any]) -> None:
        chat["seq"] += 1
        chat["at"] += self._chance.randrange(1, 900)
        self.events.append(
            {
                "chat_id": chat["id"],
                "staff_seq": chat["seq"],
                "public_seq": chat["seq"],
                "type": type_,
                "data": json.dumps(data),
                "at": chat["at"],
            }
        )

    def _text(self, length: int) -> str:
        return " ".join(self._chance.choices(WORDS, k=length // 6))

    def store(self, tx: Transaction) -> None:
        """Store what was made, and begin anew."""
        for table, rows in ((chats, self.chats), (messages, self.messages), (chat_events, self.events)):
            tx.connection.execute(insert(table), rows)
            rows.clear()


async def fill(database: SqliteDatabase) -> None:
    """Store all chats."""
    rows = Rows()
    for number in range(1, CHATS + 1):
        rows.chat()
        if number % 500 == 0:
            await database.write(rows.store)


async def timed(database: SqliteDatabase, work: Callable[[Transaction], object]) -> float:
    """Seconds of the quickest of three runs."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        await database.read(work)
        times.append(time.perf_counter() - started)
    return min(times)


async def measure(folder: Path) -> dict[str, float]:
    """Seconds for each of what analytics answer."""
    async with SqliteDatabase.open(folder / "desk.db", record_fact=FactBoard().record) as database:
        await fill(database)
        whole = Period(FIRST, FIRST + timedelta(days=DAYS))
        month = Period(FIRST, FIRST + timedelta(days=30))
        return {
            "report, all chats": await timed(database, lambda tx: report(tx, whole)),
            "report, a third of them": await timed(database, lambda tx: report(tx, month)),
            "overview, all chats": await timed(database, lambda tx: overview(tx, whole)),
            "common questions, all chats": await timed(
                database, lambda tx: common_questions(tx, whole, limit=20)
            ),
            "database, MB": (folder / "desk.db").stat().st_size / 1e6,
        }


def main() -> int:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, figure in asyncio.run(measure(Path(folder))).items():
            print(f"{name:30} {figure:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
