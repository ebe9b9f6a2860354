"""Whatever happens to a chat: its log, replayed from any point, tells the same story as its rows."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aichatdesk.conversation import repository
from aichatdesk.conversation.answer import add_sentence, begin_answer, fail_answer, finish_answer
from aichatdesk.conversation.domain import (
    AnswerState,
    Chat,
    ChatEvent,
    ChatStatus,
    EventAppended,
    Mode,
    Reason,
)
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.fold import Snapshot, advance
from aichatdesk.conversation.follow import follow
from aichatdesk.conversation.hand_over import (
    back_to_queue,
    offer,
    request_hand_over,
    return_to_assistant,
    take_over,
    withdraw_offer,
)
from aichatdesk.conversation.label_chat import (
    note_booking,
    note_booking_cancelled,
    note_category,
    note_identity,
    note_notes,
    note_picked_category,
    note_sentiment,
    note_summary,
)
from aichatdesk.conversation.leave_contact import leave_contact
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.ports import AgentCard
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.rate_chat import judge_answer, rate_chat
from aichatdesk.conversation.snapshot import snapshot_of
from aichatdesk.conversation.start_chat import NewChat, StartedChat, start_chat
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Conflict, Forbidden, Invalid
from aichatdesk.core.ids import AgentId, ChatId, MessageId
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.laid_out import lay_out

PEOPLE = [Actor(AgentId(letter * 24), letter.upper(), f"{letter}@example.org", Role.AGENT) for letter in "ab"]
SECRET = "NOTE-"
# What a visitor sees of a chat before its first event.
BEGUN = {
    "seq": 0,
    "chat": {"status": "active", "mode": "ai", "agentName": None, "rating": None},
    "messages": [],
}
DEEDS = (
    "visitor resend swear agent note hand_over offer withdraw leave take give_back end begin sentence finish fail broken "
    "summary kind mood notes pick book call_off judge rate contact identify end_rated"
).split()
ENOUGH = settings(
    max_examples=35,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Cards:
    """Both people have accounts."""

    def card(self, tx: Transaction, agent_id: AgentId) -> AgentCard | None:
        return next((AgentCard(one.id, one.name, "online") for one in PEOPLE if one.id == agent_id), None)


@dataclass(frozen=True)
class Step:
    """One thing that somebody does to one of the chats."""

    chat: int
    what: str
    who: int
    text: str


STEPS = st.lists(
    st.builds(
        Step,
        chat=st.integers(0, 1),
        what=st.sampled_from(DEEDS),
        who=st.integers(0, 1),
        text=st.text(min_size=1, max_size=12).map(lambda text: f"x{text}"),
    ),
    max_size=40,
)


@dataclass
class House:
    """A real database with its live side, and the loop that they run on."""

    runner: asyncio.Runner
    database: SqliteDatabase
    live: LiveChats


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("replay")
    facts, live, stack = FactBoard(), LiveChats(), AsyncExitStack()
    facts.subscribe(EventAppended, lambda tx, one: tx.after_commit(lambda: live.publish(one.event)))
    with asyncio.Runner() as runner:
        file = runner.run(lay_out(folder / "desk.db"))
        opening = stack.enter_async_context(SqliteDatabase.open(file, record_fact=facts.record))
        yield House(runner, runner.run(opening), live)
        runner.run(stack.aclose())


@dataclass
class Story:
    """What this run has done to one chat."""

    chat: StartedChat
    answers: list[MessageId] = field(default_factory=list)
    begun: list[MessageId] = field(default_factory=list)
    sent: int = 0

    def work(self, step: Step) -> Callable[[Transaction], Any]:
        """The step as a unit of work."""
        return lambda tx: self._act(tx, repository.chat_by_id(tx, self.chat.id), step)

    def _act(self, tx: Transaction, chat: Chat, step: Step) -> None:
        actor = PEOPLE[step.who]
        match step.what:
            case "visitor" | "swear":
                text = "this is shit" if step.what == "swear" else step.text
                post_visitor_message(tx, chat.id, text, client_message_id=f"c{self.sent}")
                self.sent += 1
            case "resend":
                again = post_visitor_message(tx, chat.id, step.text, client_message_id="c0")
                self.sent = max(self.sent, 1)
                assert again.seq > 0
            case "agent":
                post_agent_message(tx, chat.id, actor, step.text)
            case "note":
                post_agent_message(tx, chat.id, actor, SECRET + step.text, internal=True)
            case "hand_over":
                request_hand_over(tx, chat.id, Reason.NOT_SURE)
            case "take":
                take_over(tx, chat, actor, Cards())
            case "give_back":
                return_to_assistant(tx, chat, actor)
            case "offer" | "withdraw" | "leave":
                self._assign(tx, chat, step)
            case "summary" | "kind" | "mood" | "notes" | "pick" | "book" | "call_off":
                self._label(tx, chat, step)
            case "judge" | "rate" | "contact" | "identify" | "end" | "end_rated":
                self._opine(tx, chat, step)
            case "broken":
                post_visitor_message(tx, chat.id, "never")
                raise Invalid("undone")
            case _:
                self._answer(tx, chat.id, step)

    def _label(self, tx: Transaction, chat: Chat, step: Step) -> None:
        match step.what:
            case "summary":
                note_summary(tx, chat, step.text)
            case "kind":
                note_category(tx, chat, "billing")
            case "mood":
                note_sentiment(tx, chat, "negative", "high", step.text)
            case "notes":
                note_notes(tx, chat, step.text)
            case "book":
                note_booking(tx, chat.id, {"eventId": f"e{step.who}", "start": step.text})
            case "call_off":
                note_booking_cancelled(tx, chat.id, f"e{step.who}")
            case _:
                note_picked_category(tx, chat, step.text if step.who else None)

    def _opine(self, tx: Transaction, chat: Chat, step: Step) -> None:
        """What only the visitor says: of answers, of the chat, of themselves."""
        match step.what:
            case "judge" if self.begun:
                helpful = [True, False, None][len(step.text) % 3]
                judge_answer(
                    tx, chat, self.begun[step.who % len(self.begun)], helpful=helpful, comment=step.text
                )
            case "rate":
                rate_chat(tx, chat, rating=1 + len(step.text) % 5, comment=step.text if step.who else None)
            case "contact":
                leave_contact(tx, chat, name=step.text, email=f"{step.who}@example.org")
            case "identify":
                email = "verified@example.org" if step.who else None
                note_identity(tx, chat, user_id="7", name=step.text, verified_email=email)
            case "end":
                end_chat(tx, chat, by="visitor")
            case "end_rated":
                end_chat(tx, chat, by="visitor", rating=len(step.text) / 2, comment=None)

    def _assign(self, tx: Transaction, chat: Chat, step: Step) -> None:
        """As the desk does it: a chat that waits is offered, one whose agent has gone waits again."""
        waits = chat.mode is Mode.HUMAN and chat.status is ChatStatus.WAITING
        if step.what == "offer" and waits:
            offer(tx, chat.id, PEOPLE[step.who].id, PEOPLE[step.who].name)
        elif step.what == "withdraw" and waits:
            withdraw_offer(tx, chat.id)
        elif step.what == "leave" and chat.mode is Mode.HUMAN and chat.status is ChatStatus.ACTIVE:
            back_to_queue(tx, chat.id)

    def _answer(self, tx: Transaction, chat_id: ChatId, step: Step) -> None:
        if step.what == "begin":
            self.answers.append(begin_answer(tx, chat_id, question_id=None, sources=[{"n": 1}]))
            self.begun.append(self.answers[-1])
        elif self.answers and step.what == "sentence":
            add_sentence(tx, self.answers[-1], step.text, [{"n": 1, "quote": step.text}])
        elif self.answers and step.what == "finish":
            finish_answer(
                tx,
                self.answers.pop(),
                state=AnswerState.COMPLETE,
                confidence=0.5,
                needs_human=False,
                language="en",
            )
        elif self.answers and step.what == "fail":
            fail_answer(tx, chat_id, self.answers.pop(), Reason.STOPPED)


async def begin(house: House) -> list[Story]:
    new = NewChat("Ann", "ann@example.org")
    return [Story(await house.database.write(partial(start_chat, new=new))) for _ in range(2)]


async def do(house: House, stories: list[Story], step: Step) -> None:
    """Do one step; a refusal is fine, a defect is not."""
    with suppress(Conflict, Forbidden, Invalid):
        await house.database.write(stories[step.chat].work(step))


def log_of(tx: Transaction, chat_id: ChatId, after: int, *, staff: bool) -> list[ChatEvent]:
    return repository.events_after(tx, repository.chat_by_id(tx, chat_id), after, staff=staff)


def snapshots_of(tx: Transaction, stories: list[Story]) -> list[tuple[Story, bool, Snapshot]]:
    return [
        (story, staff, snapshot_of(tx, story.chat.session_id, staff=staff))
        for story in stories
        for staff in (True, False)
    ]


def check(tx: Transaction, story: Story) -> None:
    chat = repository.chat_by_id(tx, story.chat.id)
    for staff in (True, False):
        log = log_of(tx, chat.id, 0, staff=staff)
        last = chat.staff_seq if staff else chat.public_seq
        assert [event.shown(staff=staff)["seq"] for event in log] == list(range(1, last + 1))
        for after in range(last + 1):
            assert log_of(tx, chat.id, after, staff=staff) == log[after:]
    public = log_of(tx, chat.id, 0, staff=False)
    assert not any(SECRET in str(event.shown(staff=False)) for event in public)
    assert [one.staff_seq for one in public] == sorted(one.staff_seq for one in public)


def check_moved_on(tx: Transaction, taken: list[tuple[Story, bool, Snapshot]]) -> None:
    """Whenever a snapshot was taken: with the events since, it is the chat as it stands."""
    for story, staff, snapshot in taken:
        moved = snapshot
        for event in log_of(tx, story.chat.id, snapshot["seq"], staff=staff):
            moved = advance(moved, event.shown(staff=staff))
        assert moved == snapshot_of(tx, story.chat.session_id, staff=staff)


def long_story(seed: int) -> list[Step]:
    """So many steps that every kind of event comes after every other."""
    chance = random.Random(seed)
    return [
        Step(chance.randint(0, 1), chance.choice(DEEDS), chance.randint(0, 1), f"x{number}")
        for number in range(150)
    ]


@settings(ENOUGH, max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_a_snapshot_of_any_moment_with_the_events_since_equals_a_fresh_one(house: House, seed: int):
    async def play() -> None:
        stories, steps = await begin(house), long_story(seed)
        taken = await house.database.read(partial(snapshots_of, stories=stories))
        assert all(snapshot == BEGUN for _, staff, snapshot in taken if not staff)
        for place, step in enumerate(steps):
            await do(house, stories, step)
            if place % 6:
                continue
            taken += await house.database.read(partial(snapshots_of, stories=stories))
        await house.database.read(partial(check_moved_on, taken=taken))

    house.runner.run(play())


@ENOUGH
@given(steps=STEPS)
def test_the_log_is_the_same_from_any_point_for_both_audiences(house: House, steps: list[Step]):
    async def play() -> None:
        stories = await begin(house)
        for step in steps:
            await do(house, stories, step)
        for story in stories:
            await house.database.read(partial(check, story=story))

    house.runner.run(play())


@ENOUGH
@given(steps=STEPS, joins=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_whoever_joins_in_the_middle_hears_every_event_once_and_in_order(
    house: House, steps: list[Step], joins: list[tuple[int, int]]
):
    """`joins`: at which step somebody joins, and how many of the events so far they have seen before."""

    async def play() -> None:
        stories = await begin(house)
        listeners: list[tuple[int, bool, int, asyncio.Task[list[int]]]] = []
        done = asyncio.Event()
        deeds: list[asyncio.Task[None]] = []
        for place, step in enumerate(steps):
            for number, (when, seen) in enumerate(joins):
                if when == place:
                    listeners.append(await join(house, stories, number, seen, done))
            deeds.append(asyncio.create_task(do(house, stories, step)))
            if step.who:  # some steps overlap with the next ones, and with the listeners' replay
                await deeds[-1]
        await asyncio.gather(*deeds)
        done.set()
        for which, staff, after, listening in listeners:
            heard = await asyncio.wait_for(listening, 60)
            chat = await house.database.read(partial(repository.chat_by_id, chat_id=stories[which].chat.id))
            assert heard == list(range(after + 1, (chat.staff_seq if staff else chat.public_seq) + 1))

    house.runner.run(play())


async def join(
    house: House, stories: list[Story], number: int, seen: int, done: asyncio.Event
) -> tuple[int, bool, int, asyncio.Task[list[int]]]:
    which, staff = number % 2, number % 3 == 0
    chat = await house.database.read(partial(repository.chat_by_id, chat_id=stories[which].chat.id))
    after = min(seen, chat.staff_seq if staff else chat.public_seq)
    events = follow(
        house.database, house.live, chat.session_id, after=after, staff=staff, ping_every=timedelta(hours=1)
    )
    return which, staff, after, asyncio.create_task(hear_until(house, chat, events, after, done, staff=staff))


async def hear_until(
    house: House,
    chat: Chat,
    events: AsyncIterator[dict[str, Any] | None],
    after: int,
    done: asyncio.Event,
    *,
    staff: bool,
) -> list[int]:
    """The numbers heard, up to the log's last once all steps are done."""
    heard: list[int] = []
    async with aclosing(events):
        following: asyncio.Future[Any] = asyncio.ensure_future(anext(events))
        ending = asyncio.ensure_future(done.wait())
        while True:
            await asyncio.wait({following, ending}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                heard.append(following.result()["seq"])
                following = asyncio.ensure_future(anext(events))
                continue
            now = await house.database.read(partial(repository.chat_by_id, chat_id=chat.id))
            if after + len(heard) >= (now.staff_seq if staff else now.public_seq):
                await asyncio.sleep(0.01)  # whatever would come twice, comes now
                break
            await asyncio.wait({following}, timeout=1)
        if following.done():
            heard.append(following.result()["seq"])
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return heard
