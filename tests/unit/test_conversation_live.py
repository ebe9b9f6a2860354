"""What listeners hear as it happens, and what follows when a visitor is gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest

from aichatdesk.conversation import repository
from aichatdesk.conversation.close_absent import (
    close_if_absent,
    watch_absence,
    watch_changed_chat,
    watch_new_chat,
)
from aichatdesk.conversation.domain import Chat, ChatStarted, ChatStatus, EventAppended, Mode, Reason
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.follow import follow
from aichatdesk.conversation.hand_over import request_hand_over, return_to_assistant
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, StartedChat, start_chat
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import AgentId, SessionId
from aichatdesk.platform.realtime.hub import Hub, Lagging
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.passing_time import let_pass

T = TypeVar("T")
KIM = Actor(AgentId("a" * 24), "Kim", "kim@example.org", Role.AGENT)
GRACE = timedelta(minutes=3)
LONGER = 2 * GRACE


@pytest.fixture
async def live(facts: FactBoard) -> AsyncIterator[LiveChats]:
    """Wired to the facts of the database, as the product does it."""
    chats = LiveChats()
    facts.subscribe(
        EventAppended, lambda tx, appended: tx.after_commit(lambda: chats.publish(appended.event))
    )
    facts.subscribe(EventAppended, partial(watch_changed_chat, chats))
    facts.subscribe(ChatStarted, partial(watch_new_chat, chats))
    yield chats
    chats.close()


@pytest.fixture
async def started(database: SqliteDatabase) -> StartedChat:
    return await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))


async def chat_now(database: SqliteDatabase, started: StartedChat) -> Chat:
    return await database.read(partial(repository.chat_by_id, chat_id=started.id))


async def status_after(span: timedelta, database: SqliteDatabase, *started: StartedChat) -> list[ChatStatus]:
    """How the chats are once the time is over and what was then begun is written."""
    await let_pass(span)
    await database.write(lambda _: None)  # after what was put in before
    return [(await chat_now(database, one)).status for one in started]


async def say(database: SqliteDatabase, started: StartedChat, text: str) -> None:
    await database.write(partial(post_visitor_message, chat_id=started.id, content=text))


async def take(events: AsyncIterator[dict[str, Any] | None], count: int) -> list[Any]:
    async with asyncio.timeout(60):
        return [await anext(events) for _ in range(count)]


async def next_event(events: AsyncIterator[dict[str, Any] | None]) -> dict[str, Any]:
    """What comes next, after however many quiet moments."""
    async with asyncio.timeout(60):
        while (event := await anext(events)) is None:
            pass
    return event


async def listens_live(
    live: LiveChats, started: StartedChat, events: AsyncIterator[dict[str, Any] | None], *, staff: bool
) -> None:
    """Wait until a follower has read the log, by something that is shown only to those who listen."""
    hearing = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    live.publish_transient(started.session_id, "drafted", {}, staff=staff)
    assert await hearing == {"type": "drafted"}


async def read_on(events: AsyncIterator[dict[str, Any] | None], seen: list[int]) -> None:
    async for event in events:
        if event is not None:
            seen.append(event["seq"])


async def test_a_listener_that_reads_too_slowly_is_dropped_alone_and_loses_nothing_before_the_drop():
    hub: Hub[int] = Hub(longest_backlog=3)
    with hub.subscribe("chat") as slow, hub.subscribe("chat") as quick:
        heard: list[int | None] = []
        for number in range(6):
            hub.publish("chat", number)
            heard.append(await quick.next())
        assert heard == list(range(6))
        assert [await slow.next() for _ in range(3)] == [0, 1, 2]
        for _ in range(2):
            with pytest.raises(Lagging):
                await slow.next()


async def test_a_dropped_listener_hears_nothing_again_even_after_it_has_caught_up():
    hub: Hub[int] = Hub(longest_backlog=1)
    with hub.subscribe("chat") as slow:
        hub.publish("chat", 1)
        hub.publish("chat", 2)
        assert await slow.next() == 1
        hub.publish("chat", 3)
        with pytest.raises(Lagging):
            await slow.next()


async def test_a_topic_is_heard_by_its_own_listeners_and_forgotten_with_the_last():
    hub: Hub[str] = Hub()
    with hub.subscribe("a", "b") as both, hub.subscribe("b") as one:
        hub.publish("a", "for a")
        hub.publish("b", "for b")
        hub.publish("c", "for nobody")
        assert [await both.next(), await both.next()] == ["for a", "for b"]
        assert await one.next() == "for b"
        assert await one.next(timedelta(milliseconds=5)) is None
    hub.publish("a", "too late")
    assert await both.next(timedelta(milliseconds=5)) is None


async def test_a_wait_that_times_out_again_and_again_loses_no_payload():
    hub: Hub[int] = Hub()
    with hub.subscribe("chat") as listener:

        async def speak() -> None:
            for number in range(300):
                hub.publish("chat", number)
                await asyncio.sleep(0.0007)

        speaking = asyncio.create_task(speak())
        heard: list[int] = []
        while len(heard) < 300:
            if (payload := await listener.next(timedelta(milliseconds=1))) is not None:
                heard.append(payload)
        await speaking
    assert heard == list(range(300))


async def test_following_replays_pages_then_goes_on_and_marks_quiet_moments(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    def fill(tx: Any) -> None:
        for number in range(600):
            post_visitor_message(tx, started.id, str(number))

    await database.write(fill)
    events = follow(
        database, live, started.session_id, after=1, staff=False, ping_every=timedelta(milliseconds=10)
    )
    async with aclosing(events):
        replayed = await take(events, 599)
        assert [event["seq"] for event in replayed] == list(range(2, 601))
        assert await take(events, 1) == [None]
        live.publish_transient(started.session_id, "queued", {"place": 2})
        await say(database, started, "new")
        queued, new = await next_event(events), await next_event(events)
    assert queued == {"type": "queued", "place": 2}
    assert (new["seq"], new["message"]["content"]) == (601, "new")


class BusyDatabase:
    """The real database, at the worst moments: somebody writes just before and just after every read."""

    def __init__(self, database: SqliteDatabase, started: StartedChat) -> None:
        self._database = database
        self._started = started
        self.writes = 0

    async def read(self, work: Callable[[Transaction], T]) -> T:
        await self._write()
        result = await self._database.read(work)
        await self._write()
        return result

    async def write(self, work: Callable[[Transaction], T]) -> T:
        return await self._database.write(work)

    async def _write(self) -> None:
        self.writes += 1
        await say(self._database, self._started, str(self.writes))


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_what_is_written_around_the_replay_is_heard_once(
    database: SqliteDatabase, live: LiveChats, started: StartedChat, after: int
):
    for number in range(3):
        await say(database, started, f"before {number}")
    busy = BusyDatabase(database, started)
    events = follow(busy, live, started.session_id, after=after, staff=False)
    async with aclosing(events):
        heard = await take(events, 3 - after + 2)
        assert [event["seq"] for event in heard] == list(range(after + 1, 6))
        await say(database, started, "live")
        assert (await take(events, 1))[0]["message"]["content"] == "live"


async def test_one_who_follows_too_slowly_can_resume_from_the_last_number_without_a_gap(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    events = follow(database, live, started.session_id, after=0, staff=False, ping_every=timedelta(hours=1))
    await say(database, started, "first")
    seen = [event["seq"] for event in await take(events, 1)]

    def flood(tx: Any) -> None:
        for number in range(550):
            post_visitor_message(tx, started.id, str(number))

    await listens_live(live, started, events, staff=False)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    for _ in range(2):
        await database.write(flood)
    seen.append((await waiting)["seq"])
    with pytest.raises(Lagging):
        await read_on(events, seen)
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) < 1101
    again = follow(database, live, started.session_id, after=seen[-1], staff=False)
    async with aclosing(again):
        seen += [event["seq"] for event in await take(again, 1101 - len(seen))]
    assert seen == list(range(1, 1102))


@pytest.mark.parametrize("after", [-1, 1, 10**30])
async def test_following_from_a_number_never_given_out_is_refused(
    database: SqliteDatabase, live: LiveChats, started: StartedChat, after: int
):
    with pytest.raises(Invalid):
        await anext(follow(database, live, started.session_id, after=after, staff=False))


async def test_a_note_never_reaches_a_visitor_who_listens(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    visitor = follow(database, live, started.session_id, after=0, staff=False)
    staff = follow(database, live, started.session_id, after=0, staff=True)
    await listens_live(live, started, visitor, staff=False)
    await listens_live(live, started, staff, staff=True)
    hearing = [asyncio.ensure_future(anext(visitor)), asyncio.ensure_future(anext(staff))]
    note = partial(post_agent_message, chat_id=started.id, actor=KIM, content="secret", internal=True)
    await database.write(note)
    await say(database, started, "open")
    heard, noted = await asyncio.gather(*hearing)
    assert (heard["seq"], heard["message"]["content"]) == (1, "open")
    assert (noted["seq"], noted["type"]) == (1, "note")
    await visitor.aclose()
    await staff.aclose()


async def test_what_is_rolled_back_is_never_told(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    def half(tx: Any) -> None:
        post_visitor_message(tx, started.id, "never")
        raise Invalid("no")

    with live.subscribe_desk() as desk:
        with pytest.raises(Invalid):
            await database.write(half)
        await say(database, started, "kept")
        news = await desk.next(timedelta(minutes=1))
    assert news.data["message"]["content"] == "kept"


async def test_connections_are_counted_and_a_reconnect_cancels_what_absence_would_do():
    live, session, acted = LiveChats(), SessionId("s"), []

    async def act(session_id: SessionId) -> None:
        acted.append(session_id)

    live.on_absence(GRACE, act)
    with live.connected(session):
        with live.connected(session):
            assert live.connections(session) == 2
        assert live.connections(session) == 1
        await let_pass(LONGER)
        assert acted == []
    await let_pass(GRACE / 3)
    with live.connected(session):
        await let_pass(LONGER)
        assert acted == []
    await let_pass(LONGER)
    assert acted == [session]
    assert live.connections(session) == 0


async def test_flapping_for_longer_than_the_grace_does_nothing_until_the_visitor_stays_away():
    live, session, acted = LiveChats(), SessionId("s"), []

    async def act(session_id: SessionId) -> None:
        acted.append(session_id)

    live.on_absence(GRACE, act)
    for _ in range(12):
        with live.connected(session):
            await let_pass(GRACE / 6)
        await let_pass(GRACE / 3)
    assert acted == []
    live.close()
    await let_pass(LONGER)
    assert acted == []


async def test_a_chat_that_the_visitor_has_left_is_closed_and_a_short_absence_is_not(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    await watch_absence(database, live, grace=GRACE)
    with live.connected(started.session_id):
        pass
    with live.connected(started.session_id):
        assert await status_after(LONGER, database, started) == [ChatStatus.ACTIVE]
    assert await status_after(LONGER, database, started) == [ChatStatus.CLOSED]
    chat = await chat_now(database, started)
    assert chat.ended_at is not None
    await say(database, started, "back again")
    assert (await chat_now(database, started)).status is ChatStatus.ACTIVE


async def test_a_chat_that_waits_for_or_is_with_a_person_is_never_closed_for_absence(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    await watch_absence(database, live, grace=GRACE)
    owned = await database.write(partial(start_chat, new=NewChat("Bob", "bob@example.org")))
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.NOT_SURE))
    await database.write(partial(repository.change_chat, chat_id=owned.id, assigned_agent_id=KIM.id))
    for chat in (started, owned):
        with live.connected(chat.session_id):
            pass
    assert await status_after(LONGER, database, started, owned) == [ChatStatus.WAITING, ChatStatus.ACTIVE]


async def test_chats_that_an_earlier_process_left_open_are_closed_after_the_grace(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    here = await database.write(partial(start_chat, new=NewChat("Bob", "bob@example.org")))
    await watch_absence(database, live, grace=GRACE)
    with live.connected(here.session_id):
        assert await status_after(LONGER, database, started, here) == [ChatStatus.CLOSED, ChatStatus.ACTIVE]


async def test_a_chat_that_nobody_ever_connects_to_is_closed_and_no_turn_of_it_is_stopped(
    database: SqliteDatabase, live: LiveChats
):
    stopped: list[SessionId] = []

    async def stop(session_id: SessionId) -> None:
        stopped.append(session_id)

    live.on_absence(GRACE / 3, stop)
    await watch_absence(database, live, grace=GRACE)
    started = await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))
    assert await status_after(LONGER, database, started) == [ChatStatus.CLOSED]
    assert stopped == []


@pytest.mark.parametrize("connected", [False, True])
async def test_a_chat_that_the_assistant_gets_back_is_closed_unless_its_visitor_is_there(
    database: SqliteDatabase, live: LiveChats, started: StartedChat, connected: bool
):
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.NOT_SURE))
    await watch_absence(database, live, grace=GRACE)
    with live.connected(started.session_id) if connected else contextlib.nullcontext():
        await database.write(lambda tx: return_to_assistant(tx, repository.chat_by_id(tx, started.id), KIM))
        status = await status_after(LONGER, database, started)
    assert status == [ChatStatus.ACTIVE if connected else ChatStatus.CLOSED]


async def test_a_visitor_who_writes_without_a_connection_is_not_absent(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    await watch_absence(database, live, grace=GRACE)
    for number in range(4):
        await let_pass(GRACE * 0.6)
        await say(database, started, str(number))
    assert (await chat_now(database, started)).staff_seq == 4
    assert await status_after(LONGER, database, started) == [ChatStatus.CLOSED]


async def test_the_clock_of_a_deleted_chat_runs_out_in_silence(
    database: SqliteDatabase, live: LiveChats, caplog: pytest.LogCaptureFixture
):
    await watch_absence(database, live, grace=GRACE)
    started = await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))
    await database.write(partial(repository.delete_chat_rows, chat_id=started.id))
    await let_pass(LONGER)
    await database.write(lambda _: None)
    await let_pass(timedelta(0))
    assert not caplog.records


async def test_a_visitor_who_ended_the_chat_before_leaving_ends_it_once(
    database: SqliteDatabase, live: LiveChats, started: StartedChat
):
    await database.write(lambda tx: end_chat(tx, repository.chat_by_id(tx, started.id), by="visitor"))
    await database.write(partial(close_if_absent, session_id=started.session_id))
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode, chat.staff_seq) == (ChatStatus.CLOSED, Mode.AI, 1)
