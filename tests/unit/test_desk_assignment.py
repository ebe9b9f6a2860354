"""Who is given a chat: knows the subject, then has least to do, then has waited longest; nothing waits for the absent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.conversation import repository as chats
from aichatdesk.conversation.domain import Chat, HandOverRequested, Reason, VisitorMessagePosted
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.hand_over import request_hand_over, take_over
from aichatdesk.conversation.post_message import post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.core.access import Role
from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.desk.assign import assign_waiting, choose_agent, mind_chats, mind_owner, pass_on_from_absent
from aichatdesk.desk.domain import AccountChanged, Agent
from aichatdesk.desk.presence import PRESENT_FOR, available_agents
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.laid_out import lay_out

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that the test moves by hand."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment


@dataclass
class Desk:
    """Agents and chats in a real database, with the rules of assignment joined to the facts."""

    database: SqliteDatabase
    clock: Clock

    async def agent(self, name: str, *, specialties: tuple[str, ...] = (), **values: object) -> AgentId:
        def work(tx: Transaction) -> AgentId:
            made = repository.insert_agent(
                tx,
                email=f"{name}@example.org",
                name=name,
                password_hash="",
                role=Role.AGENT,
                specialties=specialties,
            )
            there = {"status": "online", "last_seen": round(self.clock.moment.timestamp() * 1000)}
            repository.change_agent(tx, made, **there | values)
            return made

        return await self.database.write(work)

    async def change(self, agent_id: AgentId, **values: object) -> None:
        await self.database.write(partial(repository.change_agent, agent_id=agent_id, **values))

    async def chat(self, category: str = "general") -> Chat:
        def work(tx: Transaction) -> Chat:
            started = start_chat(tx, NewChat("Ann", "ann@example.org"))
            chats.change_chat(tx, started.id, category=category)
            return chats.chat_by_id(tx, started.id)

        return await self.database.write(work)

    async def handed_over(self, category: str = "general") -> Chat:
        chat = await self.chat(category)
        await self.database.write(partial(request_hand_over, chat_id=chat.id, reason=Reason.VISITOR_ASKED))
        return await self.now(chat)

    async def now(self, chat: Chat) -> Chat:
        return await self.database.read(partial(chats.chat_by_id, chat_id=chat.id))

    async def taken_by(self, chat: Chat, agent_id: AgentId) -> None:
        def work(tx: Transaction) -> None:
            actor = repository.agent_by_id(tx, agent_id).actor
            take_over(tx, chats.chat_by_id(tx, chat.id), actor, DeskAgentCards())

        await self.database.write(work)

    async def says(self, chat: Chat) -> None:
        await self.database.write(partial(post_visitor_message, chat_id=chat.id, content="Hello?"))


@pytest.fixture
async def desk(tmp_path: Path):
    facts, clock = FactBoard(), Clock()
    facts.subscribe(AccountChanged, mind_chats)
    facts.subscribe(HandOverRequested, assign_waiting)
    facts.subscribe(VisitorMessagePosted, mind_owner)
    file = await lay_out(tmp_path / "desk.db")
    async with SqliteDatabase.open(file, record_fact=facts.record, clock=clock) as database:
        yield Desk(database, clock)


async def test_a_chat_goes_to_the_one_who_knows_the_subject_though_others_have_less_to_do(desk: Desk):
    await desk.agent("ann")
    bea = await desk.agent("bea", specialties=("billing",))
    chosen = [(await desk.handed_over("billing")).assigned_agent_id for _ in range(3)]
    assert chosen == [bea] * 3


async def test_without_a_specialist_the_least_busy_is_named_and_waiting_chats_count(desk: Desk):
    people = {await desk.agent("ann"), await desk.agent("bea"), await desk.agent("cid")}
    chosen = [(await desk.handed_over("technical")).assigned_agent_id for _ in range(6)]
    assert set(chosen[:3]) == people
    assert set(chosen[3:]) == people


async def test_ended_chats_weigh_nothing_and_then_who_waited_longest_is_next(desk: Desk):
    people = [await desk.agent("ann"), await desk.agent("bea")]
    order = []
    for minute in range(4):
        desk.clock.moment = NOON + timedelta(minutes=minute)
        for agent_id in people:
            await desk.database.write(partial(repository.note_seen, agent_id=agent_id))
        chat = await desk.handed_over()
        order.append(chat.assigned_agent_id)
        await desk.database.write(partial(end_chat, chat=chat, by="agent"))
    assert order[:2] == order[2:]
    assert set(order) == set(people)


@pytest.mark.parametrize(
    "values", [{"status": "away"}, {"status": "offline"}, {"active": False}, {"last_seen": None}]
)
async def test_nobody_who_takes_no_chats_is_given_one(desk: Desk, values: dict[str, object]):
    await desk.agent("ann", **values)
    assert (await desk.handed_over()).assigned_agent_id is None


async def test_nothing_goes_to_somebody_who_was_not_seen_for_a_while(desk: Desk):
    await desk.agent("ann")
    desk.clock.moment += PRESENT_FOR
    assert len(await desk.database.read(available_agents)) == 1
    desk.clock.moment += timedelta(milliseconds=1)
    assert await desk.database.read(available_agents) == []
    assert (await desk.handed_over()).assigned_agent_id is None


@pytest.mark.parametrize(
    "change", [{"status": "away"}, {"status": "offline", "last_seen": None}, {"active": False}]
)
async def test_a_chat_does_not_go_on_waiting_for_an_agent_who_leaves(desk: Desk, change: dict[str, object]):
    ann = await desk.agent("ann")
    chat = await desk.handed_over()
    bea = await desk.agent("bea")
    assert chat.assigned_agent_id == ann
    await desk.change(ann, **change)
    assert (await desk.now(chat)).assigned_agent_id == bea
    await desk.change(bea, **change)
    assert (await desk.now(chat)).assigned_agent_id is None


async def test_a_chat_does_not_go_on_waiting_for_an_agent_who_vanished(desk: Desk):
    ann = await desk.agent("ann")
    chat = await desk.handed_over()
    desk.clock.moment += PRESENT_FOR + timedelta(minutes=1)
    bea = await desk.agent("bea")
    assert chat.assigned_agent_id == ann
    assert await desk.database.write(pass_on_from_absent) == 1
    assert (await desk.now(chat)).assigned_agent_id == bea
    assert await desk.database.write(pass_on_from_absent) == 0


async def test_a_visitor_who_writes_to_an_agent_who_has_gone_is_not_left_alone(desk: Desk):
    ann = await desk.agent("ann")
    chat = await desk.handed_over()
    await desk.taken_by(chat, ann)
    await desk.says(chat)
    assert (await desk.now(chat)).status == "active"
    desk.clock.moment += PRESENT_FOR + timedelta(minutes=1)
    bea = await desk.agent("bea")
    await desk.says(chat)
    now = await desk.now(chat)
    assert (now.status, now.assigned_agent_id) == ("waiting", bea)


async def test_the_chats_of_a_closed_account_wait_for_others_at_once(desk: Desk):
    ann = await desk.agent("ann")
    chat = await desk.handed_over()
    await desk.taken_by(chat, ann)
    bea = await desk.agent("bea")
    await desk.change(ann, active=False)
    now = await desk.now(chat)
    assert (now.status, now.assigned_agent_id) == ("waiting", bea)


async def test_an_agent_who_is_only_away_keeps_the_chats_that_were_taken(desk: Desk):
    ann = await desk.agent("ann")
    chat = await desk.handed_over()
    await desk.taken_by(chat, ann)
    await desk.agent("bea")
    await desk.change(ann, status="away")
    await desk.says(chat)
    now = await desk.now(chat)
    assert (now.status, now.assigned_agent_id) == ("active", ann)


def person(number: int, knows: list[str], minutes: int | None) -> Agent:
    last = NOON + timedelta(minutes=minutes) if minutes is not None else None
    return Agent(
        id=AgentId(f"{number:024x}"), email="", name="", password_hash="", role=Role.AGENT, teams=(), manager_id=None,
        status="online", specialties=knows, office365_email="", teams_email="", active=True, token_version=1,
        last_login=None, last_seen=NOON, last_assigned=last, avatar=None,
    )  # fmt: skip


PEOPLE = st.lists(
    st.tuples(st.lists(st.sampled_from(["billing", "technical"])), st.none() | st.integers(0, 9)), max_size=6
)


@given(people=PEOPLE, load=st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_nobody_else_fits_better_than_who_was_chosen(people: list, load: list[int]):
    agents = [person(number, *one) for number, one in enumerate(people)]
    loads = {agent.id: load[number] for number, agent in enumerate(agents)}
    chosen = choose_agent(agents, "billing", loads)
    assert (chosen is None) == (not agents)
    for other in agents:
        if chosen is None or ("billing" in other.specialties) < ("billing" in chosen.specialties):
            continue
        assert ("billing" in chosen.specialties) == ("billing" in other.specialties)
        assert loads[chosen.id] <= loads[other.id]
        if loads[chosen.id] == loads[other.id]:
            assert (chosen.last_assigned or datetime.min.replace(tzinfo=UTC)) <= (
                other.last_assigned or datetime.min.replace(tzinfo=UTC)
            )
