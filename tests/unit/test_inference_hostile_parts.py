"""The pure and timed parts of inference, used as a hostile or unlucky caller would use them."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import httpx2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.inference.admission import Admission, Priority
from aichatdesk.inference.anthropic_events import read_call_event, read_message_event
from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.chat import ChatTurn, merge_turns
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import (
    ModelOverloaded,
    ModelRejected,
    ModelUnavailable,
    UnusableVector,
    WrongWidth,
)
from aichatdesk.inference.event_stream import EventStream
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import EmbeddingProfile, embedding_profile, provider_profile
from aichatdesk.inference.reasoning import ThinkFilter
from aichatdesk.inference.replies import read_chat_event, read_token_count
from aichatdesk.inference.retry import RetryPolicy, with_retries
from aichatdesk.inference.stop_filter import StopFilter


class Clock:
    """A clock that a test sets, and that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


# Server-sent events


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6),
    newline=st.sampled_from(["\n", "\r\n"]),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_events_are_the_same_however_their_bytes_are_cut(texts: list[str], newline: str, cuts: list[int]):
    events = [json.dumps(text, ensure_ascii=False) for text in texts]
    data = "".join(f": ping{newline}{newline}data: {event}{newline}{newline}" for event in events).encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    stream = EventStream()
    assert [event for start, end in pairwise(places) for event in stream.feed(data[start:end])] == events


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        (b"data:x\n\n", ["x"]),
        (b"data:  x\n\n", [" x"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"event: e\nid: 3\nretry: 1\ndata: x\n\n", ["x"]),
        (b": only a comment\n\n\n\n", []),
        (b"data: half", []),
        (b"data: half\n", []),
        ("data: \u2028 \u0085\n\n".encode(), ["\u2028 \u0085"]),
    ],
)
def test_only_finished_events_are_given_and_only_their_data(sent: bytes, heard: list[str]):
    assert EventStream().feed(sent) == heard


# Answers of any shape

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "error choices delta content finish_reason usage prompt_tokens data index embedding tokens".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_an_answer_of_any_shape_is_read_or_a_value_error(answer: object):
    with suppress(ValueError):
        read_chat_event(json.dumps(answer)).text.encode()
    with suppress(ValueError):
        read_message_event(json.dumps(answer)).text.encode()
    with suppress(ValueError):
        assert read_token_count(answer) >= 0


NUMBER = st.integers() | st.floats(allow_nan=True) | st.none() | st.booleans() | st.just("1") | ANYTHING


@given(
    rows=st.lists(st.lists(NUMBER, max_size=3), min_size=1, max_size=3), width=st.none() | st.integers(1, 3)
)
async def test_vectors_of_any_kind_are_unit_and_finite_or_refused_by_name(
    rows: list[list[object]], width: int | None
):
    answer = {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)]}

    def reply(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=json.dumps(answer))

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(reply)) as client:
        endpoint = Endpoint(client, "http://models/v1", provider_profile("openai"))
        model = OpenAIEmbeddings(endpoint, EmbeddingProfile("x", width))
        with suppress(UnusableVector, WrongWidth):
            vectors = await model.embed_documents(["x"] * len(rows))
            assert vectors.shape == (len(rows), width or len(rows[0]))
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


OBJECTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["text_delta", "thinking_delta", "signature_delta", "input_json_delta", "refusal", ""]
        )
        | ANYTHING,
    },
    optional=dict.fromkeys(
        ("text", "partial_json", "usage", "stop_reason", "message", "input_tokens"), ANYTHING
    ),
)


@given(
    kind=st.sampled_from(
        "message_start content_block_start content_block_delta message_delta message_stop ping error".split()
    ),
    parts=st.dictionaries(
        st.sampled_from(["message", "content_block", "delta", "usage", "error"]), OBJECTS | ANYTHING
    ),
)
def test_an_event_of_anthropic_of_any_shape_is_read_or_a_value_error(kind: str, parts: dict[str, object]):
    for read in (read_message_event, read_call_event):
        with suppress(ValueError):
            event = read(json.dumps({"type": kind, **parts}))
            (event.text + event.fault + event.declined).encode()


# Stops


@given(
    text=st.text("ab\n", max_size=30),
    stops=st.lists(st.text("ab\n", min_size=1, max_size=3), max_size=3),
    sizes=st.lists(st.integers(1, 4), min_size=30, max_size=30),
)
def test_an_answer_ends_at_its_first_stop_however_its_tokens_are_cut(
    text: str, stops: list[str], sizes: list[int]
):
    stop, shown, rest = StopFilter(stops), "", text
    for size in sizes:
        shown, rest = shown + stop.feed(rest[:size]), rest[size:]
    found = [(at + len(one), at) for one in stops if (at := text.find(one)) >= 0]
    assert shown + stop.finish() == (text[: min(found)[1]] if found else text)
    assert stop.stopped == bool(found)


# Thinking


@given(pieces=st.lists(st.sampled_from(["<", "think", ">", "</", "<think>", "</think>", "x", " "])))
def test_what_is_shown_does_not_depend_on_how_the_tokens_are_cut(pieces: list[str]):
    def shown(cut: list[str]) -> str:
        think = ThinkFilter()
        return "".join([think.feed(piece) for piece in cut]) + think.finish()

    assert shown(pieces) == shown(list("".join(pieces))) == shown(["".join(pieces)])


# The breaker


def fail(breaker: Breaker, times: int = 5) -> None:
    """Let so many calls out, and all of them fail."""
    for call in [breaker.begin() for _ in range(times)]:
        assert call
        call.failed()


def succeed(breaker: Breaker) -> None:
    call = breaker.begin()
    assert call
    call.succeeded()


def test_five_failures_in_a_row_are_needed_and_a_success_between_starts_again():
    breaker = Breaker(monotonic=Clock())
    fail(breaker, 4)
    succeed(breaker)
    fail(breaker, 4)
    assert not breaker.is_open


@pytest.mark.parametrize(("seconds_between", "is_open"), [(1.0, True), (4.0, False)])
def test_the_share_of_failures_counts_within_thirty_seconds_only(seconds_between: float, is_open: bool):
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    for _ in range(5):
        succeed(breaker)
        fail(breaker, 1)
        clock.now += 2 * seconds_between
    assert breaker.is_open is is_open


def test_recovery_is_noticed_within_fifteen_seconds():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    fail(breaker)
    clock.now = 15
    assert breaker.begin()


# The retry loop


async def fails(*errors: Exception, clock: Clock, breaker: Breaker | None = None) -> tuple[str, int]:
    """Run an attempt that fails with these in turn, then succeeds: the outcome and the number of attempts."""
    left = list(errors)
    attempts = 0

    async def attempt() -> str:
        nonlocal attempts
        attempts += 1
        if left:
            raise left.pop(0)
        return "done"

    breaker = breaker or Breaker(monotonic=clock)
    try:
        outcome = await with_retries(
            attempt, endpoint="x", breaker=breaker, policy=RetryPolicy(), sleep=clock.sleep, monotonic=clock
        )
    except (ModelUnavailable, ModelRejected) as error:
        outcome = type(error).__name__
    return outcome, attempts


async def test_two_faults_are_outlived_and_three_are_not():
    down = [ModelUnavailable("x", "500") for _ in range(3)]
    assert await fails(*down[:2], clock=Clock()) == ("done", 3)
    assert await fails(*down, clock=Clock()) == ("ModelUnavailable", 3)


async def test_a_server_that_asks_for_two_seconds_gets_exactly_these():
    clock = Clock()
    assert await fails(ModelOverloaded("x", timedelta(seconds=2)), clock=clock) == ("done", 2)
    assert clock.waits == [2]


async def test_waits_asked_for_do_not_add_up_beyond_the_budget():
    clock = Clock()
    patience = [ModelOverloaded("x", timedelta(seconds=6)) for _ in range(3)]
    assert await fails(*patience, clock=clock) == ("ModelOverloaded", 2)
    assert clock.now <= RetryPolicy().budget.total_seconds()


async def test_a_refusal_is_not_repeated_and_does_not_count_against_the_server():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    for _ in range(20):
        assert await fails(ModelRejected("x", 400, "no"), clock=clock, breaker=breaker) == (
            "ModelRejected",
            1,
        )
    assert not breaker.is_open


async def test_an_open_breaker_lets_nothing_out():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    fail(breaker)
    assert await fails(clock=clock, breaker=breaker) == ("ModelUnavailable", 0)
    clock.now = 6
    assert await fails(clock=clock, breaker=breaker) == ("done", 1)


async def test_a_visitor_who_leaves_during_the_probe_does_not_close_the_door_for_ever():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    fail(breaker)
    clock.now = 6

    async def forever() -> None:
        await asyncio.sleep(3600)

    probe = asyncio.create_task(
        with_retries(forever, endpoint="x", breaker=breaker, policy=RetryPolicy(), monotonic=clock)
    )
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert await fails(clock=clock, breaker=breaker) == ("done", 1)


# The queue


async def hold(
    admission: Admission, let_go: asyncio.Event, *, owner: str = "a", priority: Priority = Priority.VISITOR
) -> None:
    async with admission.admit(priority=priority, owner=owner):
        await let_go.wait()


async def is_free(admission: Admission) -> bool:
    """Whether a visitor gets in at once."""
    done = asyncio.Event()
    done.set()
    try:
        async with asyncio.timeout(60):
            await hold(admission, done, owner="new")
    except TimeoutError:
        return False
    return True


async def test_never_more_are_inside_than_allowed_and_all_get_in():
    admission = Admission(concurrency=3)
    inside = most = served = 0

    async def work(owner: str) -> None:
        nonlocal inside, most, served
        async with admission.admit(priority=Priority.VISITOR, owner=owner):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            served += 1

    await asyncio.gather(*(work(f"owner {number % 7}") for number in range(60)))
    assert (most, served) == (3, 60)


async def test_one_owner_with_many_requests_holds_up_a_newcomer_by_one_only():
    admission = Admission(concurrency=1)
    order: list[str] = []

    async def work(owner: str) -> None:
        async with admission.admit(priority=Priority.VISITOR, owner=owner):
            order.append(owner)

    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        tasks = [asyncio.create_task(work("greedy")) for _ in range(10)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(work("newcomer")))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order.index("newcomer") <= 1


async def test_a_failing_request_gives_its_place_back():
    admission = Admission(concurrency=1)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            async with admission.admit(priority=Priority.VISITOR, owner="a"):
                raise ModelUnavailable("x", "down")
    assert await is_free(admission)


async def test_who_is_cancelled_just_after_being_let_in_gives_the_place_back():
    admission = Admission(concurrency=1)
    let_go = asyncio.Event()
    first = asyncio.create_task(hold(admission, let_go))
    await asyncio.sleep(0)
    second = asyncio.create_task(hold(admission, asyncio.Event(), owner="b"))
    await asyncio.sleep(0)
    let_go.set()
    await first
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert await is_free(admission)


# Prompts and profiles


@given(
    st.lists(
        st.builds(ChatTurn, st.sampled_from(["user", "assistant"]), st.sampled_from(["a", "b", " ", ""]))
    )
)
def test_merged_turns_alternate_begin_with_the_visitor_and_lose_no_word_of_theirs(turns: list[ChatTurn]):
    merged = merge_turns(turns)
    assert all(first.role != second.role for first, second in pairwise(merged))
    assert not merged or merged[0].role == "user"
    said = [turn.content for turn in turns if turn.role == "user" and turn.content.strip()]
    kept = [turn.content for turn in merged if turn.role == "user"]
    assert "\n\n".join(kept).split("\n\n") == (said or [""])


def test_widths_that_are_asked_for_win_over_those_of_the_family():
    assert embedding_profile("text-embedding-3-large", dimensions=1024).width == 1024


@pytest.mark.parametrize("name", ["vllm", "VLLM", "ollama", "llamacpp", "openai", "local"])
def test_a_known_server_is_found_by_its_name(name: str):
    assert provider_profile(name).name == name.lower()


def test_thoughts_of_a_model_whose_template_opens_the_tag_are_not_shown():
    think = ThinkFilter(opened=True)
    assert "secret" not in think.feed("my secret thoughts</think>The answer.") + think.finish()


def test_an_abandoned_older_call_does_not_let_a_second_probe_out():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    older = breaker.begin()  # a call that is still out when the breaker opens
    fail(breaker)
    clock.now = 6
    assert older
    assert breaker.begin()
    older.abandoned()  # its visitor leaves
    assert not breaker.begin()


def test_a_single_failure_after_a_recovery_does_not_open_the_breaker_again():
    clock = Clock()
    breaker = Breaker(monotonic=clock)
    fail(breaker, 10)
    clock.now = 6
    succeed(breaker)
    fail(breaker, 1)
    assert not breaker.is_open


async def test_who_leaves_the_queue_as_another_finishes_takes_no_place_along():
    admission = Admission(concurrency=1)
    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        waiting = asyncio.create_task(hold(admission, asyncio.Event()))
        await asyncio.sleep(0)
        waiting.cancel()  # and the first one finishes before the loop comes round
    assert await is_free(admission)


async def test_a_listener_that_fails_takes_no_place_along():
    admission = Admission(concurrency=1)

    def fail(_place: int) -> None:
        raise ConnectionError

    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        with pytest.raises(ConnectionError):
            async with admission.admit(priority=Priority.VISITOR, owner="b", on_place=fail):
                pass
    assert await is_free(admission)


async def test_a_visitor_is_not_refused_because_background_work_waits():
    admission = Admission(concurrency=1, longest_queue=2)
    let_go = asyncio.Event()
    first = asyncio.create_task(hold(admission, let_go))
    await asyncio.sleep(0)
    jobs = [
        asyncio.create_task(hold(admission, let_go, owner="job", priority=Priority.BACKGROUND))
        for _ in range(2)
    ]
    await asyncio.sleep(0)
    visitor = asyncio.create_task(hold(admission, let_go, owner="visitor"))
    await asyncio.sleep(0)
    let_go.set()
    await asyncio.gather(first, *jobs)
    await visitor


def test_the_packaged_e5_is_told_which_side_a_text_is_on():
    profile = embedding_profile("e5")
    assert profile.query_field or profile.query_prefix
