import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.inference.admission import Admission, Priority
from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.chat import ChatTurn, merge_turns
from aichatdesk.inference.errors import ModelOverloaded, ModelUnavailable, QueueFull
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.inference.reasoning import ThinkFilter
from aichatdesk.inference.retry import RetryPolicy, with_retries


@pytest.mark.parametrize(
    ("spoken", "shown"),
    [
        ("Hello", "Hello"),
        ("<think>hm</think>Hello", "Hello"),
        ("A<think>b</think>C<think>d</think>E", "ACE"),
        ("Hello <think>never closed", "Hello "),
        ("1 < 2 and <thin", "1 < 2 and <thin"),
    ],
)
@given(cuts=st.lists(st.integers(0, 40)))
def test_thinking_is_hidden_however_the_tokens_are_cut(spoken: str, shown: str, cuts: list[int]):
    places = [0, *sorted(min(cut, len(spoken)) for cut in cuts), len(spoken)]
    think = ThinkFilter()
    pieces = [think.feed(spoken[start:end]) for start, end in pairwise(places)]
    assert "".join(pieces) + think.finish() == shown


def outcome(breaker: Breaker, *, ok: bool) -> None:
    call = breaker.begin()
    assert call
    if ok:
        call.succeeded()
    else:
        call.failed()


def test_a_breaker_opens_after_five_failures_probes_once_and_closes_on_success():
    now = [0.0]
    breaker = Breaker(monotonic=lambda: now[0])
    for _ in range(5):
        outcome(breaker, ok=False)
    assert not breaker.begin()
    now[0] = 6
    probe = breaker.begin()
    assert probe
    assert not breaker.begin(), "only one probe may be out"
    probe.failed()
    assert not breaker.begin()
    now[0] = 12
    outcome(breaker, ok=True)
    assert breaker.begin()
    assert breaker.begin()


def test_a_breaker_opens_when_half_of_many_calls_fail():
    breaker = Breaker(monotonic=lambda: 0.0)
    for _ in range(5):
        outcome(breaker, ok=True)
        outcome(breaker, ok=False)
    assert breaker.is_open


async def test_a_retry_never_waits_longer_than_its_budget():
    waits: list[float] = []
    attempts = 0

    async def attempt() -> None:
        nonlocal attempts
        attempts += 1
        raise ModelUnavailable("x", "down")

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    with pytest.raises(ModelUnavailable):
        await with_retries(attempt, endpoint="x", breaker=Breaker(), policy=RetryPolicy(), sleep=sleep)
    assert attempts == 3
    assert all(0 <= wait <= 4 for wait in waits)


async def test_a_server_that_asks_for_an_hour_is_given_up_at_once():
    from datetime import timedelta

    async def attempt() -> None:
        raise ModelOverloaded("x", timedelta(hours=1))

    async def sleep(seconds: float) -> None:
        raise AssertionError(f"waited {seconds}")

    with pytest.raises(ModelOverloaded):
        await with_retries(attempt, endpoint="x", breaker=Breaker(), policy=RetryPolicy(), sleep=sleep)


async def test_visitors_go_first_owners_take_turns_and_everybody_hears_their_place():
    admission = Admission(concurrency=1)
    order: list[str] = []
    places: list[int] = []

    async def work(name: str, priority: Priority, owner: str) -> None:
        hear = places.append if name == "b1" else None
        async with admission.admit(priority=priority, owner=owner, on_place=hear):
            order.append(name)
            await asyncio.sleep(0)

    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        jobs = [
            ("job", Priority.BACKGROUND, "z"),
            ("a1", Priority.VISITOR, "a"),
            ("a2", Priority.VISITOR, "a"),
        ]
        tasks = [asyncio.create_task(work(*job)) for job in [*jobs, ("b1", Priority.VISITOR, "b")]]
        await asyncio.sleep(0.01)
    await asyncio.gather(*tasks)
    assert order == ["a1", "b1", "a2", "job"]
    assert places == [2, 1]


async def test_who_leaves_the_queue_gives_up_the_place_and_a_full_queue_refuses():
    admission = Admission(concurrency=1, longest_queue=1)

    async def work() -> None:
        async with admission.admit(priority=Priority.VISITOR, owner="a"):
            pass

    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        waiting = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        with pytest.raises(QueueFull):
            await work()
        waiting.cancel()
        await asyncio.sleep(0.01)
        second = asyncio.create_task(work())
        await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        await second


def test_neighbours_of_one_role_are_joined_and_the_prompt_begins_with_the_visitor():
    turns = [
        ChatTurn("assistant", "Hi"),
        ChatTurn("user", "a"),
        ChatTurn("user", "b"),
        ChatTurn("assistant", "c"),
    ]
    assert merge_turns(turns) == [ChatTurn("user", "a\n\nb"), ChatTurn("assistant", "c")]


@pytest.mark.parametrize(
    ("model", "prefix", "width"),
    [
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", 768),
        ("nomic-embed-text:latest", "search_query: ", 768),
        ("intfloat/multilingual-e5-large", "query: ", None),
        ("BAAI/bge-large-en-v1.5", "Represent this sentence for searching relevant passages: ", 1024),
        ("text-embedding-3-small", "", 1536),
        ("something-else", "", None),
    ],
)
def test_a_models_family_is_known_by_its_name(model: str, prefix: str, width: int | None):
    profile = embedding_profile(model)
    assert (profile.query_prefix, profile.width) == (prefix, width)
    assert provider_profile("unheard-of").name == "openai-compatible"
