"""What happens to a chat when somebody speaks, takes it, gives it back or ends it."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial

import pytest

from aichatdesk.conversation import repository
from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.answer import (
    add_sentence,
    begin_answer,
    fail_answer,
    finish_answer,
    mark_interrupted_answers,
)
from aichatdesk.conversation.domain import (
    AgentReplied,
    AnswerState,
    Chat,
    ChatAlreadyClosed,
    ChatEnded,
    ChatEvent,
    ChatNotFound,
    ChatStatus,
    HandOverRequested,
    Mode,
    OwnedByAnother,
    Reason,
    VisitorMessagePosted,
    checked_content,
)
from aichatdesk.conversation.end_chat import delete_chat, end_chat
from aichatdesk.conversation.hand_over import request_hand_over, return_to_assistant, take_over
from aichatdesk.conversation.ports import AgentCard
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.read_chat import all_messages, recent_messages
from aichatdesk.conversation.start_chat import NewChat, StartedChat, start_chat
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Forbidden, Invalid, NotFound
from aichatdesk.core.ids import AgentId, ChatId, SessionId
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

KIM = Actor(AgentId("a" * 24), "Kim", "kim@example.org", Role.AGENT)
LEE = Actor(AgentId("b" * 24), "Lee", "lee@example.org", Role.ADMIN)


class Cards:
    """The people whose accounts still exist."""

    def __init__(self, *people: Actor) -> None:
        self._cards = {one.id: AgentCard(one.id, one.name, "online") for one in people}

    def card(self, tx: Transaction, agent_id: AgentId) -> AgentCard | None:
        return self._cards.get(agent_id)

    def cards(self, tx: Transaction, agent_ids: Collection[AgentId]) -> Mapping[AgentId, AgentCard]:
        return {agent_id: self._cards[agent_id] for agent_id in agent_ids if agent_id in self._cards}


BOTH = Cards(KIM, LEE)


@pytest.fixture
async def started(database: SqliteDatabase) -> StartedChat:
    return await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))


async def chat_now(database: SqliteDatabase, started: StartedChat) -> Chat:
    return await database.read(partial(repository.chat_by_id, chat_id=started.id))


async def log_of(database: SqliteDatabase, started: StartedChat, *, staff: bool) -> list[ChatEvent]:
    def read(tx: Transaction) -> list[ChatEvent]:
        return repository.events_after(tx, repository.chat_by_id(tx, started.id), 0, staff=staff)

    return await database.read(read)


async def on_chat(database: SqliteDatabase, started: StartedChat, act, **more):
    """Run a use case that takes a chat, as the routes do: looked up in the same transaction."""
    return await database.write(lambda tx: act(tx, repository.chat_by_id(tx, started.id), **more))


@pytest.mark.parametrize("content", ["", "   \n\t ", "\x00\x07", None, 7, ["a"], {"$ne": None}, "x" * 4001])
def test_a_message_that_is_no_text_empty_or_too_long_is_refused(content: object):
    with pytest.raises(Invalid):
        checked_content(content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("x" * 4000, "x" * 4000),
        ("  hello \r\n there\x00 ", "hello \n there"),
        ("e\u0301", "é"),
        ("\ud800!", "\ufffd!"),
        ("x" * 4000 + "\x07" * 10, "x" * 4000),
    ],
)
def test_a_message_is_cleaned_before_it_is_measured(given: str, kept: str):
    assert checked_content(given) == kept


@pytest.mark.parametrize(
    "new",
    [
        NewChat("", "a@b.c"),
        NewChat("Ann", " \x00"),
        NewChat("Ann", "a@b.c", ticket_type="admin"),
        NewChat("Ann", "a@b.c", user_priority="urgent"),
        NewChat("Ann", "a@b.c", mood=0),
        NewChat("Ann", "a@b.c", mood=6),
        NewChat("Ann", "a@b.c", metadata={"environment": "x" * 20_001}),
    ],
)
async def test_a_start_with_a_word_outside_its_list_stores_nothing(database: SqliteDatabase, new: NewChat):
    with pytest.raises(Invalid):
        await database.write(partial(start_chat, new=new))
    assert await database.read(repository.open_assistant_chats) == []


async def test_the_visitors_secret_is_long_stored_as_a_hash_and_opens_one_chat_only(
    database: SqliteDatabase, started: StartedChat
):
    other = await database.write(partial(start_chat, new=NewChat("Bob", "bob@example.org")))
    chat = await chat_now(database, started)
    assert len(started.visitor_token) >= 43
    assert started.visitor_token not in chat.token_hash
    assert len(chat.token_hash) == 64
    opened = await database.read(
        partial(require_visitor, session_id=started.session_id, token=started.visitor_token)
    )
    assert opened.id == started.id
    for wrong in (None, "", other.visitor_token, chat.token_hash, started.visitor_token + " "):
        with pytest.raises(Forbidden):
            await database.read(partial(require_visitor, session_id=started.session_id, token=wrong))
    with pytest.raises(ChatNotFound):
        await database.read(
            partial(require_visitor, session_id=SessionId("nope"), token=started.visitor_token)
        )


async def test_of_many_sends_under_one_name_the_first_wins_and_all_hear_its_id(
    database: SqliteDatabase, started: StartedChat, facts: FactBoard
):
    told: list[VisitorMessagePosted] = []
    facts.subscribe(VisitorMessagePosted, lambda _tx, fact: told.append(fact))
    posted = await asyncio.gather(
        *(
            database.write(
                partial(
                    post_visitor_message, chat_id=started.id, content=f"try {number}", client_message_id="one"
                )
            )
            for number in range(20)
        )
    )
    assert {(one.message.id, one.message.content, one.seq) for one in posted} == {
        (posted[0].message.id, "try 0", 1)
    }
    assert [one.deduplicated for one in posted] == [False] + [True] * 19
    assert len(await log_of(database, started, staff=True)) == len(told) == 1


async def test_one_name_in_two_chats_is_two_messages(database: SqliteDatabase, started: StartedChat):
    other = await database.write(partial(start_chat, new=NewChat("Bob", "bob@example.org")))
    posted = [
        await database.write(
            partial(post_visitor_message, chat_id=chat.id, content="hi", client_message_id="same")
        )
        for chat in (started, other)
    ]
    assert not any(one.deduplicated for one in posted)
    assert posted[0].message.id != posted[1].message.id


@pytest.mark.parametrize("name", ["", "x" * 65])
async def test_a_name_of_a_message_that_is_empty_or_too_long_is_refused(
    database: SqliteDatabase, started: StartedChat, name: str
):
    with pytest.raises(Invalid):
        await database.write(
            partial(post_visitor_message, chat_id=started.id, content="hi", client_message_id=name)
        )


async def test_speaking_into_a_chat_that_is_not_there_is_not_found(database: SqliteDatabase):
    nowhere = ChatId("f" * 24)
    with pytest.raises(ChatNotFound):
        await database.write(partial(post_visitor_message, chat_id=nowhere, content="hi"))
    with pytest.raises(ChatNotFound):
        await database.write(partial(post_agent_message, chat_id=nowhere, actor=KIM, content="hi"))


async def test_a_note_is_in_the_staff_log_only_and_tells_nobody_that_an_agent_replied(
    database: SqliteDatabase, started: StartedChat, facts: FactBoard
):
    told: list[AgentReplied] = []
    facts.subscribe(AgentReplied, lambda _tx, fact: told.append(fact))
    say = partial(post_agent_message, chat_id=started.id, actor=KIM)
    await database.write(partial(say, content="secret", internal=True))
    await database.write(partial(say, content="hello"))
    public = await log_of(database, started, staff=False)
    staff = await log_of(database, started, staff=True)
    assert [(event.type, event.public_seq) for event in public] == [("message", 1)]
    assert [(event.type, event.staff_seq) for event in staff] == [("note", 1), ("message", 2)]
    assert len(told) == 1
    chat = await chat_now(database, started)
    seen = await database.read(partial(all_messages, chat=chat, internal=False))
    recent = await database.read(partial(recent_messages, chat_id=started.id, limit=10))
    assert [message.content for message in seen] == [message.content for message in recent] == ["hello"]


async def test_recent_messages_are_the_newest_before_one_oldest_of_them_first(
    database: SqliteDatabase, started: StartedChat
):
    ids = [
        (
            await database.write(partial(post_visitor_message, chat_id=started.id, content=str(number)))
        ).message.id
        for number in range(6)
    ]
    recent = await database.read(partial(recent_messages, chat_id=started.id, before=ids[4], limit=3))
    assert [message.content for message in recent] == ["1", "2", "3"]


async def test_a_chat_is_handed_over_once_and_somebody_is_told(
    database: SqliteDatabase, started: StartedChat, facts: FactBoard
):
    told: list[HandOverRequested] = []
    facts.subscribe(HandOverRequested, lambda _tx, fact: told.append(fact))
    ask = partial(request_hand_over, chat_id=started.id, reason=Reason.NOT_SURE)
    assert [await database.write(ask), await database.write(ask)] == [1, None]
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode) == (ChatStatus.WAITING, Mode.HUMAN)
    assert told == [HandOverRequested(started.id, Reason.NOT_SURE)]


@pytest.mark.parametrize("owned", [False, True])
async def test_asking_for_a_person_after_the_end_opens_the_chat_for_everybody_at_the_desk(
    database: SqliteDatabase, started: StartedChat, owned: bool
):
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.VISITOR_ASKED))
    if owned:
        await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    await on_chat(database, started, end_chat, by="agent")
    assert (
        await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.NOT_SURE)) is None
    )
    assert (await chat_now(database, started)).status is ChatStatus.CLOSED
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.VISITOR_ASKED))
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode, chat.assigned_agent_id, chat.ended_at) == (
        ChatStatus.WAITING,
        Mode.HUMAN,
        None,
        None,
    )
    assert [event.type for event in await log_of(database, started, staff=False)][-2:] == [
        "reopened",
        "handed_over",
    ]


async def test_a_message_to_a_closed_chat_that_nobody_owned_puts_it_back_into_the_queue(
    database: SqliteDatabase, started: StartedChat, facts: FactBoard
):
    told: list[HandOverRequested] = []
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.NOT_SURE))
    await on_chat(database, started, end_chat, by="visitor")
    facts.subscribe(HandOverRequested, lambda _tx, fact: told.append(fact))
    await database.write(partial(post_visitor_message, chat_id=started.id, content="still there?"))
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode) == (ChatStatus.WAITING, Mode.HUMAN)
    assert [fact.chat_id for fact in told] == [started.id]


@pytest.mark.parametrize(("first", "second"), [(KIM, LEE), (LEE, KIM)])
async def test_a_chat_that_waits_for_an_agent_goes_to_whoever_takes_it_first(
    database: SqliteDatabase, started: StartedChat, first: Actor, second: Actor
):
    waiting = {"assigned_agent_id": KIM.id, "status": "waiting", "mode": "human"}
    await database.write(partial(repository.change_chat, chat_id=started.id, **waiting))
    await on_chat(database, started, take_over, actor=first, agents=BOTH)
    with pytest.raises(OwnedByAnother):
        await on_chat(database, started, take_over, actor=second, agents=BOTH)
    chat = await chat_now(database, started)
    assert (chat.status, chat.assigned_agent_id) == (ChatStatus.ACTIVE, first.id)


async def test_the_second_agent_learns_who_has_the_chat_and_the_first_may_ask_again(
    database: SqliteDatabase, started: StartedChat
):
    await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    with pytest.raises(OwnedByAnother) as refused:
        await on_chat(database, started, take_over, actor=LEE, agents=BOTH)
    assert refused.value.facts["agent"] == {"id": KIM.id, "name": "Kim"}
    assert [event.type for event in await log_of(database, started, staff=True)] == ["agent_joined"]


async def test_a_chat_whose_owners_account_is_gone_can_be_taken(
    database: SqliteDatabase, started: StartedChat
):
    await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    await on_chat(database, started, take_over, actor=LEE, agents=Cards(LEE))
    assert (await chat_now(database, started)).assigned_agent_id == LEE.id


async def test_taking_a_closed_chat_opens_it_without_an_end(database: SqliteDatabase, started: StartedChat):
    await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    await on_chat(database, started, end_chat, by="agent")
    await on_chat(database, started, take_over, actor=LEE, agents=BOTH)
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode, chat.assigned_agent_id, chat.ended_at) == (
        ChatStatus.ACTIVE,
        Mode.HUMAN,
        LEE.id,
        None,
    )


async def test_a_chat_given_back_leaves_the_queue_and_only_its_owner_may_give_it(
    database: SqliteDatabase, started: StartedChat
):
    await database.write(partial(request_hand_over, chat_id=started.id, reason=Reason.VISITOR_ASKED))
    await on_chat(database, started, return_to_assistant, actor=LEE)
    assert (await chat_now(database, started)).status is ChatStatus.ACTIVE
    await on_chat(database, started, take_over, actor=KIM, agents=BOTH)
    with pytest.raises(Forbidden):
        await on_chat(database, started, return_to_assistant, actor=LEE)
    await on_chat(database, started, return_to_assistant, actor=KIM)
    chat = await chat_now(database, started)
    assert (chat.status, chat.mode, chat.assigned_agent_id) == (ChatStatus.ACTIVE, Mode.AI, None)


async def test_of_many_ends_one_counts(database: SqliteDatabase, started: StartedChat, facts: FactBoard):
    told: list[ChatEnded] = []
    facts.subscribe(ChatEnded, lambda _tx, fact: told.append(fact))
    ends = await asyncio.gather(
        *(on_chat(database, started, end_chat, by="visitor", rating=number) for number in range(10)),
        return_exceptions=True,
    )
    assert [end for end in ends if end is None] == [None]
    assert sum(isinstance(end, ChatAlreadyClosed) for end in ends) == 9
    assert (await chat_now(database, started)).rating == ends.index(None)
    assert len(told) == 1


async def test_a_visitors_message_reopens_a_closed_chat_and_a_resent_one_does_not(
    database: SqliteDatabase, started: StartedChat
):
    say = partial(post_visitor_message, chat_id=started.id, content="hi", client_message_id="one")
    await database.write(say)
    await on_chat(database, started, end_chat, by="visitor")
    await database.write(say)
    assert (await chat_now(database, started)).status is ChatStatus.CLOSED
    await database.write(partial(post_visitor_message, chat_id=started.id, content="more"))
    chat = await chat_now(database, started)
    assert (chat.status, chat.ended_at) == (ChatStatus.ACTIVE, None)
    kinds = [event.type for event in await log_of(database, started, staff=False)]
    assert kinds == ["message", "ended", "reopened", "message"]


async def test_a_deleted_chat_leaves_nothing_behind_and_its_neighbour_whole(
    database: SqliteDatabase, started: StartedChat
):
    other = await database.write(partial(start_chat, new=NewChat("Bob", "bob@example.org")))
    for chat in (started, other):
        await database.write(partial(post_visitor_message, chat_id=chat.id, content="hi"))
        await database.write(
            partial(post_agent_message, chat_id=chat.id, actor=KIM, content="note", internal=True)
        )
    assert await on_chat(database, started, delete_chat, actor=KIM) == 2
    left = await database.read(
        lambda tx: [
            tx.connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in ("chats", "messages", "chat_events")
        ]
    )
    assert left == [1, 2, 2]


async def test_attachments_keep_the_contracts_keys_and_at_most_five(
    database: SqliteDatabase, started: StartedChat
):
    given = [
        {"filename": f"{number}.png", "url": "/uploads/u", "type": "image/png", "size": 1, "path": "/etc"}
        for number in range(7)
    ]
    posted = await database.write(
        partial(post_visitor_message, chat_id=started.id, content="hi", attachments=given)
    )
    assert [one["filename"] for one in posted.message.attachments] == [f"{number}.png" for number in range(5)]
    assert {tuple(one) for one in posted.message.attachments} == {("filename", "url", "type", "size")}


async def test_an_answer_grows_sentence_by_sentence_and_closes_once(
    database: SqliteDatabase, started: StartedChat
):
    answer = await database.write(
        partial(begin_answer, chat_id=started.id, question_id=None, sources=[{"n": 1}])
    )
    for text in ("One.", "Two.\n", "Three."):
        await database.write(partial(add_sentence, answer_id=answer, text=text, citations=[{"n": 1}]))
    close = partial(
        finish_answer,
        answer_id=answer,
        state=AnswerState.COMPLETE,
        confidence=0.91234,
        needs_human=False,
        language="de",
    )
    await database.write(close)
    for late in (close, partial(add_sentence, answer_id=answer, text="Late.", citations=[])):
        with pytest.raises(NotFound):
            await database.write(late)
    chat = await chat_now(database, started)
    [message] = await database.read(partial(all_messages, chat=chat, internal=False))
    assert (message.content, message.state) == ("One. Two.\nThree.", AnswerState.COMPLETE)
    assert len(message.metadata["citations"]) == 3
    assert chat.language == "de"
    log = await log_of(database, started, staff=False)
    assert [event.type for event in log] == ["sources", "sentence", "sentence", "sentence", "finished"]
    assert log[-1].data["confidence"] == 0.9123


async def test_answers_that_a_stop_left_open_are_marked_once_and_keep_what_was_sent(
    database: SqliteDatabase, started: StartedChat
):
    answer = await database.write(partial(begin_answer, chat_id=started.id, question_id=None, sources=[]))
    await database.write(partial(add_sentence, answer_id=answer, text="Half.", citations=[]))
    assert [await database.write(mark_interrupted_answers) for _ in range(2)] == [1, 0]
    chat = await chat_now(database, started)
    [message] = await database.read(partial(all_messages, chat=chat, internal=False))
    assert (message.content, message.state) == ("Half.", AnswerState.INCOMPLETE)
    failed = (await log_of(database, started, staff=False))[-1]
    assert (failed.type, failed.data) == ("failed", {"code": "interrupted", "messageId": answer})


async def test_a_failure_after_the_end_of_an_answer_leaves_it_complete(
    database: SqliteDatabase, started: StartedChat
):
    answer = await database.write(partial(begin_answer, chat_id=started.id, question_id=None, sources=[]))
    await database.write(
        partial(
            finish_answer,
            answer_id=answer,
            state=AnswerState.COMPLETE,
            confidence=0.9,
            needs_human=False,
            language="en",
        )
    )
    fail = partial(fail_answer, chat_id=started.id, answer_id=answer, code=Reason.STOPPED)
    assert await database.write(fail) == 2
    message = await database.read(partial(repository.message_by_id, message_id=answer))
    assert message is not None
    assert message.state is AnswerState.COMPLETE
    assert [event.type for event in await log_of(database, started, staff=False)] == ["sources", "finished"]


async def test_a_failure_without_an_answer_is_in_the_log(database: SqliteDatabase, started: StartedChat):
    seq = await database.write(
        partial(fail_answer, chat_id=started.id, answer_id=None, code=Reason.MODEL_UNAVAILABLE)
    )
    [failed] = await log_of(database, started, staff=False)
    assert (seq, failed.data) == (1, {"code": "model_unavailable", "messageId": None})


async def test_work_that_fails_takes_its_events_numbers_and_facts_effects_with_it(
    database: SqliteDatabase, started: StartedChat
):
    def half(tx: Transaction) -> None:
        post_visitor_message(tx, started.id, "lost")
        raise Invalid("changed my mind")

    outcomes = await asyncio.gather(
        database.write(partial(post_visitor_message, chat_id=started.id, content="first")),
        database.write(half),
        database.write(partial(post_visitor_message, chat_id=started.id, content="second")),
        return_exceptions=True,
    )
    assert [isinstance(one, Invalid) for one in outcomes] == [False, True, False]
    log = await log_of(database, started, staff=True)
    assert [(event.staff_seq, event.data["message"]["content"]) for event in log] == [
        (1, "first"),
        (2, "second"),
    ]
