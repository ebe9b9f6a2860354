"""Durable messages a second with full sync: groups of commits beside one commit each, and what a sender waits."""

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from aichatdesk.conversation.post_message import post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

ALONE = 300
TOGETHER = 4000
WRITERS = 64
RATE = 50
SECONDS = 10


def one_commit_each(folder: Path) -> float:
    """Rows a second into bare SQLite, each with a synced commit of its own."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, body TEXT)")
    started = time.perf_counter()
    for number in range(ALONE):
        connection.execute("INSERT INTO message (body) VALUES (?)", (f"message {number}",))
    return ALONE / (time.perf_counter() - started)


async def in_groups(database: SqliteDatabase) -> float:
    """Whole messages (row, event, sequences) a second from many senders at once."""
    chats = [
        (await database.write(partial(start_chat, new=NewChat("A", "a@b.c")))).id for _ in range(WRITERS)
    ]

    async def sender(place: int) -> None:
        for number in range(TOGETHER // WRITERS):
            await database.write(
                partial(post_visitor_message, chat_id=chats[place], content=f"message {number}")
            )

    started = time.perf_counter()
    await asyncio.gather(*map(sender, range(WRITERS)))
    return TOGETHER / (time.perf_counter() - started)


async def waiting(database: SqliteDatabase) -> list[float]:
    """Milliseconds from sending to the acknowledgement at a steady rate."""
    chat = await database.write(partial(start_chat, new=NewChat("A", "a@b.c")))
    waits: list[float] = []

    async def send(number: int) -> None:
        started = time.perf_counter()
        await database.write(partial(post_visitor_message, chat_id=chat.id, content=f"message {number}"))
        waits.append(1000 * (time.perf_counter() - started))

    sending = []
    for number in range(RATE * SECONDS):
        sending.append(asyncio.create_task(send(number)))
        await asyncio.sleep(1 / RATE)
    await asyncio.gather(*sending)
    return waits


async def measure() -> dict[str, float]:
    """All in one run, on one disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone = one_commit_each(folder)
        async with SqliteDatabase.open(folder / "desk.db", record_fact=FactBoard().record) as database:
            together = await in_groups(database)
            waits = await waiting(database)
    return {
        "bare_sqlite_commits_a_second": alone,
        "messages_a_second": together,
        "times_bare": together / alone,
        "acknowledged_p50_ms_at_50_a_second": statistics.median(waits),
        "acknowledged_p99_ms_at_50_a_second": statistics.quantiles(waits, n=100)[-1],
    }


def main() -> None:
    """Print the figures and keep them."""
    result = asyncio.run(measure())
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "delivery.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
