"""The figures of a period are those that one gets by counting the same chats by hand."""

import json
import math
import random
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aichatdesk.conversation import repository
from aichatdesk.conversation.analytics import Period
from aichatdesk.conversation.analytics_report import MOST_DAYS, report
from aichatdesk.conversation.answer import add_sentence, begin_answer, fail_answer, finish_answer
from aichatdesk.conversation.domain import AnswerState, Reason
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.hand_over import back_to_queue, request_hand_over, return_to_assistant
from aichatdesk.conversation.label_chat import note_category
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import AgentId, ChatId, MessageId
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.sqlite import SqliteDatabase

KIM = Actor(AgentId("a" * 24), "Kim", "kim@example.org", Role.AGENT)
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
QUESTIONS = ("Where is my parcel?", " where is my PARCEL? ", "How do I pay?", "Refund", "hello")
REASONS = (Reason.VISITOR_ASKED, Reason.NOT_SURE, Reason.NO_ANSWER)
SOURCES = [{"n": 1, "document": "Paying", "text": "Invoices are paid within 30 days."}]


@dataclass
class Made:
    """A chat as somebody who had watched it would write it down."""

    began: datetime
    questions: list[str] = field(default_factory=list)
    hand_overs: list[tuple[str, datetime]] = field(default_factory=list)
    assistant_waits: list[timedelta] = field(default_factory=list)
    people_wait: timedelta | None = None
    assistant_spoke: bool = False
    people_spoke: bool = False
    confidences: list[float] = field(default_factory=list)
    helpful: list[bool] = field(default_factory=list)
    mode: str = "ai"
    closed: bool = False
    rating: float | None = None
    language: str | None = None
    category: str = "general"


class Play:
    """Has a chat take place, at made-up times, by what the product itself calls."""

    def __init__(self, tx: Transaction, chance: random.Random) -> None:
        self.tx = tx
        self.chance = chance
        tx.now = FIRST_DAY + timedelta(milliseconds=chance.randrange(40 * 86_400_000))
        self.id: ChatId = start_chat(tx, NewChat("Ann", "ann@example.org")).id
        self.made = Made(tx.now)
        self.asked: datetime | None = None

    def whole(self) -> Made:
        for _ in range(self.chance.randrange(5)):
            self.say()
            self.answer_or_not()
        if self.chance.random() < 0.3:
            self.made.category = "billing"
            note_category(self.tx, self.chat(), "billing")
        if self.chance.random() < 0.7:
            self.made.rating = self.chance.choice([None, None, 1, 2, 3, 4, 5, 5, 4.5, 3.4, 0, 9, 0.5])
            self.made.closed = True
            end_chat(self.tx, self.chat(), by="visitor", rating=self.made.rating)
        return self.made

    def say(self) -> None:
        self.later()
        words = self.chance.choice(QUESTIONS)
        post_visitor_message(self.tx, self.id, words)
        self.made.questions.append(words)
        self.asked = self.tx.now

    def answer_or_not(self) -> None:
        match self.chance.randrange(6):
            case 0:
                self.later()
            case 1 | 2 | 3 if self.made.mode == "ai":
                self.assistant()
                if self.chance.random() < 0.3:
                    self.hand_over()
            case _ if self.made.mode == "ai":
                self.hand_over()
            case 1 | 2:
                self.person(internal=True)
            case 3 | 4:
                self.person(internal=False)
            case _:
                self.leave_or_return()

    def assistant(self) -> None:
        kind = self.chance.choice(["answer", "answer", "answer", "greeting", "nothing"])
        self.later()
        sources = [] if kind == "greeting" else SOURCES
        answer = begin_answer(self.tx, self.id, question_id=None, sources=sources)
        self.later()
        if kind == "nothing":
            fail_answer(self.tx, self.id, answer, Reason.STOPPED)
            return
        assert self.asked is not None
        self.made.assistant_waits.append(self.tx.now - self.asked)
        self.made.assistant_spoke = True
        for _ in range(self.chance.randrange(1, 4)):
            add_sentence(self.tx, answer, "Invoices are paid within 30 days.", [])
            self.later()
        sure = 1.0 if kind == "greeting" else self.chance.choice([0, 0.1, 0.3, 0.69999, 0.7, 0.71, 0.95, 1.0])
        language = self.chance.choice(["en", "de"])
        finish_answer(
            self.tx,
            answer,
            state=AnswerState.COMPLETE,
            confidence=sure,
            needs_human=False,
            language=language,
        )
        self.made.language = language
        if kind == "answer":
            self.made.confidences.append(sure)
        if self.chance.random() < 0.4:
            self.judge(answer)

    def judge(self, answer: MessageId) -> None:
        helpful = self.chance.random() < 0.6
        message = repository.message_by_id(self.tx, answer)
        assert message is not None
        kept = json.dumps({**message.metadata, "helpful": helpful})
        repository.change_message(self.tx, answer, metadata=kept)
        self.made.helpful.append(helpful)

    def hand_over(self) -> None:
        self.later()
        reason = self.chance.choice(REASONS)
        request_hand_over(self.tx, self.id, reason)
        self.made.mode = "human"
        self.made.hand_overs.append((reason.value, self.tx.now))

    def person(self, *, internal: bool) -> None:
        self.later()
        post_agent_message(self.tx, self.id, KIM, "Hello", internal=internal)
        if not internal:
            self.made.people_spoke = True
            if self.made.people_wait is None and self.made.hand_overs:
                self.made.people_wait = self.tx.now - self.made.hand_overs[0][1]

    def leave_or_return(self) -> None:
        self.later()
        if self.chance.random() < 0.5:
            back_to_queue(self.tx, self.id)
            self.made.hand_overs.append((Reason.AGENT_LEFT.value, self.tx.now))
            return
        return_to_assistant(self.tx, self.chat(), KIM)
        self.made.mode = "ai"
        self.asked = self.tx.now
        self.assistant()

    def chat(self) -> Any:
        return repository.chat_by_id(self.tx, self.id)

    def later(self) -> None:
        self.tx.now += timedelta(milliseconds=self.chance.randrange(1, 90_000))


def recount(made: Sequence[Made], period: Period) -> dict[str, Any]:
    """The report, counted in the plainest way."""
    found = [one for one in made if period.start <= one.began <= period.end]
    rated = [one.rating for one in found if one.rating is not None and 1 <= one.rating <= 5]
    stars = Counter(math.floor(rating + 0.5) for rating in rated)
    helpful = [one for chat in found for one in chat.helpful]
    sure = Counter(min(9, int(one * 10)) for chat in found for one in chat.confidences)
    waits = [one for chat in found for one in chat.assistant_waits]
    people = [chat.people_wait for chat in found if chat.people_wait is not None]
    reasons = Counter(reason for chat in found for reason, _ in chat.hand_overs)
    return {
        "totals": counts(found, "chats", "open", "byAssistant", "byPeople", "handedOver")
        | {"rated": len(rated), "averageRating": round(sum(rated) / len(rated), 2) if rated else None},
        "days": days(found, period),
        "hours": [sum(one.began.hour == hour for one in found) for hour in range(24)],
        "handOverReasons": most("reason", reasons),
        "responseTimes": {
            "assistantMedianSeconds": median(waits),
            "assistantP90Seconds": p90(waits),
            "peopleMedianSeconds": median(people),
            "peopleP90Seconds": p90(people),
        },
        "ratings": [{"rating": star, "count": stars[star]} for star in range(1, 6)],
        "feedback": {"helpful": sum(helpful), "notHelpful": len(helpful) - sum(helpful)},
        "confidence": [
            {"from": tenth / 10, "to": (tenth + 1) / 10, "count": sure[tenth]} for tenth in range(10)
        ],
        "languages": most("language", Counter(one.language for one in found if one.language)),
        "categories": most("category", Counter(one.category for one in found)),
        "questions": most(
            "question", Counter(one.questions[0].strip().lower() for one in found if one.questions)
        ),
    }


def counts(found: Iterable[Made], *names: str) -> dict[str, int]:
    chats = list(found)
    known = {
        "chats": len(chats),
        "open": sum(not one.closed for one in chats),
        "byAssistant": sum(
            one.assistant_spoke and not one.people_spoke and one.mode == "ai" for one in chats
        ),
        "byPeople": sum(one.people_spoke for one in chats),
        "handedOver": sum(bool(one.hand_overs) for one in chats),
    }
    return {name: known[name] for name in names}


def days(found: list[Made], period: Period) -> list[dict[str, Any]]:
    shown, day = [], period.start.date()
    while day <= period.end.date():
        of_day = [one for one in found if one.began.date() == day]
        shown.append({"day": day.isoformat()} | counts(of_day, "chats", "byAssistant", "byPeople"))
        day += timedelta(days=1)
    return shown


def most(name: str, counted: Counter[Any]) -> list[dict[str, Any]]:
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [{name: value, "count": count} for value, count in ordered]


def median(waits: Sequence[timedelta]) -> float | None:
    return round(statistics.median(one.total_seconds() for one in waits), 2) if waits else None


def p90(waits: Sequence[timedelta]) -> float | None:
    ordered = sorted(one.total_seconds() for one in waits)
    return round(ordered[math.ceil(0.9 * len(ordered)) - 1], 2) if ordered else None


@pytest.mark.parametrize("seed", range(3))
async def test_no_figure_differs_from_a_count_by_hand(database: SqliteDatabase, seed: int):
    chance = random.Random(seed)
    made = await database.write(lambda tx: [Play(tx, chance).whole() for _ in range(250)])
    periods = [
        Period(FIRST_DAY, FIRST_DAY + timedelta(days=40)),
        Period(FIRST_DAY + timedelta(days=7, hours=5), FIRST_DAY + timedelta(days=9, hours=1)),
        Period(made[0].began, made[0].began),
        Period(FIRST_DAY - timedelta(days=9), FIRST_DAY - timedelta(days=1)),
    ]
    for period in periods:
        counted = await database.read(lambda tx, one=period: report(tx, one))
        counted.pop("period")
        wanted = recount(made, period)
        assert counted == wanted
        if period is periods[0]:
            assert wanted["totals"]["chats"] == 250
            assert all(wanted["totals"].values()), "the chats are too alike to tell anything"
            assert all(wanted["responseTimes"].values())
            assert len(wanted["handOverReasons"]) == 4
    totals = await database.read(lambda tx: report(tx, periods[3])["totals"])
    assert totals["averageRating"] is None


async def test_a_period_of_millions_of_days_is_refused(database: SqliteDatabase):
    long = Period(FIRST_DAY - timedelta(days=MOST_DAYS + 1), FIRST_DAY)
    with pytest.raises(Invalid):
        await database.read(lambda tx: report(tx, long))
