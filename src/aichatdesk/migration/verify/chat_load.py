"""Whether several visitors are served at once and alike, and whether one who leaves frees the place.

Times are compared with each other in one run, and what looks wrong is looked at twice: a busy machine is slow in all
of them.
"""

import asyncio
import contextlib
import itertools
import re
import statistics
import time
from collections.abc import Sequence

from aichatdesk.core.errors import Unavailable
from aichatdesk.migration.verify.bench import ChatBench, mark
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn
from aichatdesk.migration.verify.raw import NoReply, Streamed

_NEEDS = ("chat.stream", "chat.ends")
_ANSWER, _SHORTEST_ANSWER = 20, 10
_FEWEST_GAPS = 6
_SLOW, _LATE = 3.0, 2.0
_LONG_ANSWER, _FIRST_WORD = 2000, 10.0
_RUNNING = re.compile(
    r"^vllm:num_requests_running(?:\{[^}]*\})? (\d+(?:\.\d+)?(?:e\+?\d{1,2})?)\b", re.MULTILINE
)


async def check_slots(bench: ChatBench) -> Finding:
    """Ask as many at once as the desk would, and compare when each begins and how fast it is written."""
    number = bench.at_once
    runs = [await _ask_at_once(bench, number)]
    one_place = _in_turn(
        runs[0]
    )  # which needs no second look; with a slow server there would be no time for it
    if not one_place and (_slowest_ratio(runs[0]) >= _SLOW or _waiting(runs[0])):
        runs.append(await _ask_at_once(bench, number))
    for run in runs:
        if trouble := _trouble(run, number):
            return trouble
    if one_place:
        bench.places = 1
        return _too_few(number, number - 1)
    slow, late, waiting = min(map(_slowest_ratio, runs)), min(map(_late, runs)), min(map(_waiting, runs))
    bench.places = number - waiting
    remedy = (
        "One of the slots is slow: restart the model server, and see that none of several servers behind the address runs "
        "on the CPU or shares its GPU."
    )
    if slow >= _SLOW:
        return fail(
            f"of {number} answers at once the slowest took {slow:.1f} times as long for a word as the usual one",
            remedy,
        )
    if late:
        return fail(
            f"of {number} answers at once {late} began long after the others, with places free", remedy
        )
    if waiting:
        return _too_few(number, waiting)
    return ok(f"{number} at once; a word takes at most {slow:.1f} times as long in one as in the usual one")


def _too_few(number: int, waiting: int) -> Finding:
    return warn(
        f"of {number} at once {waiting} had to wait until others had ended",
        f"Let the server answer {number} at once (vLLM `--max-num-seqs {number}`, Ollama "
        f"OLLAMA_NUM_PARALLEL={number}, llama.cpp `--parallel {number}`), or set LLM_CONCURRENCY to what it does.",
    )


async def _ask_at_once(bench: ChatBench, number: int) -> list[Streamed]:
    limit = _answer_tokens(bench)

    async def one(place: int) -> Streamed:
        body = bench.streaming_body(f"{mark()} Tell a long story about the number {place}.", limit)
        try:
            return await bench.raw.stream(body, seconds=20, most_pieces=160)
        except NoReply as error:
            return Streamed(fault=str(error))

    return list(await asyncio.gather(*map(one, range(number))))


def _trouble(answers: Sequence[Streamed], number: int) -> Finding | None:
    bad = [answer for answer in answers if answer.fault or answer.given_up or answer.status != 200]
    if not bad:
        return None
    why = bad[0].fault or bad[0].given_up or str(bad[0].status)
    return fail(
        f"of {number} at once {len(bad)} were not answered: {why}",
        f"Let the server answer {number} at once (vLLM `--max-num-seqs`, OLLAMA_NUM_PARALLEL, llama.cpp `--parallel`), "
        "or set LLM_PROVIDER to the kind of server it is.",
    )


def _slowest_ratio(answers: Sequence[Streamed]) -> float:
    """The longest of the usual times between two pieces, over the median of all."""
    gaps = [gap for gap in map(_usual_gap, answers) if gap is not None]
    if len(gaps) < 2:
        return 1.0
    return max(gaps) / max(statistics.median(gaps), 1e-6)


def _usual_gap(answer: Streamed) -> float | None:
    times = [at for at, _ in answer.pieces]
    gaps = [later - before for before, later in itertools.pairwise(times)]
    return (
        statistics.mean(sorted(gaps)[len(gaps) // 4 : -len(gaps) // 4]) if len(gaps) >= _FEWEST_GAPS else None
    )


def _answer_tokens(bench: ChatBench) -> int:
    """Enough to see the pace of each."""
    return bench.tokens_in(3, least=_SHORTEST_ANSWER, most=_ANSWER)


def _in_turn(answers: Sequence[Streamed]) -> bool:
    """Whether each began only when the one before had ended."""
    begun = sorted((answer for answer in answers if answer.pieces), key=lambda answer: answer.first)
    return len(begun) == len(answers) > 1 and all(
        later.first > before.pieces[-1][0] for before, later in itertools.pairwise(begun)
    )


def _waiting(answers: Sequence[Streamed]) -> int:
    """How many began only after a whole answer among the others had ended."""
    whole = [answer.pieces[-1][0] for answer in answers if len(answer.pieces) > _SHORTEST_ANSWER // 2]
    if not whole:
        return 0
    return sum(answer.first > min(whole) for answer in answers)


def _late(answers: Sequence[Streamed]) -> int:
    """How many of those that waited did not begin soon after another had ended, so waited for no place."""
    begun = [answer for answer in answers if answer.pieces]
    soon = _LATE * statistics.median([answer.pieces[-1][0] for answer in begun] or [0.0])
    late = 0
    for answer in begun:
        ends = [other.pieces[-1][0] for other in begun if other.pieces[-1][0] < answer.first]
        late += bool(ends) and answer.first - max(ends) > soon
    return late


async def check_cancel(bench: ChatBench) -> Finding:
    """Leave several long answers, and see whether their places are free again."""
    remedy = (
        "A request whose connection is closed must be ended by the server. Leave out a proxy that keeps it alive "
        "(nginx: `proxy_ignore_client_abort off`), or update the server; else visitors who leave keep the model busy."
    )
    number = bench.places or bench.at_once
    before = await _running(bench)
    most = _FIRST_WORD * bench.options.patience
    usual = statistics.median([await _first_word(bench, most) or most for _ in range(3)])
    patience = max(10 * usual, bench.options.patience)
    async with contextlib.AsyncExitStack() as held:
        body = bench.streaming_body("Write the numbers from 1 to 2000, one on each line.", _LONG_ANSWER)
        await asyncio.gather(*(held.enter_async_context(bench.raw.held(body)) for _ in range(number)))
        during = await _running(bench)
        busy = None if during is not None else await _first_word(bench, patience)
    if before is not None and during is not None:
        return await _watch_gauge(bench, max(before, during - number), during, remedy)
    if busy is not None:
        return skipped(
            f"while {number} answers were written there was room for another, so it cannot be told from outside"
        )
    left_at = time.monotonic()
    for _ in range(2):
        if (waited := await _first_word(bench, patience)) is not None:
            return ok(f"after {number} answers were left, the next began within {waited:.2f} s")
    busy_for = time.monotonic() - left_at
    return fail(f"{number} answers were left, and their places stayed busy for {busy_for:.1f} s", remedy)


async def _watch_gauge(bench: ChatBench, without: float, during: float, remedy: str) -> Finding:
    """Wait until the server itself counts as few as without ours; others may ask it meanwhile."""
    if during <= without:
        return skipped("the answers had ended before they could be left")
    for _ in range(20):
        if (now := await _running(bench)) is not None and now <= without:
            return ok(f"the server counted {during:.0f} running, and {now:.0f} after they were left")
        await asyncio.sleep(0.25)
    return fail(f"{during:.0f} were running, and still are 5 s after their connections were closed", remedy)


async def _first_word(bench: ChatBench, seconds: float) -> float | None:
    """Seconds until a short answer begins; None where it had not begun in so many."""
    began = time.monotonic()
    try:
        body = bench.streaming_body(f"{mark()} Hello?", 1)
        seen = await bench.raw.stream(body, seconds=seconds / bench.raw.patience)
    except NoReply:
        return None
    # A model that thinks in silence sends no piece of so short an answer, only its end.
    begun = seen.pieces or seen.reason
    return time.monotonic() - began if begun and not seen.given_up else None


async def _running(bench: ChatBench) -> float | None:
    """How many requests the server says it works on, where it says so."""
    paths = {"vllm": "/metrics", "llamacpp": "/slots", "local": "/slots"}
    if (path := paths.get(bench.kind.provider)) is None:
        return None
    try:
        reply = await bench.raw.get(bench.raw.root + path)
    except Unavailable:
        return None
    if path == "/slots":
        slots = reply.json() if reply.is_success else None
        if not isinstance(slots, list) or not all(isinstance(slot, dict) for slot in slots):
            return None
        return float(sum(bool(slot.get("is_processing")) for slot in slots))
    found = _RUNNING.search(reply.body.decode(errors="replace"))
    return float(found[1]) if found else None


LOAD_CHECKS: tuple[Check[ChatBench], ...] = (
    Check(
        "chat.slots",
        "Several are answered at once, and alike",
        "as many long stories at once as the desk would ask, 20 tokens each",
        check_slots,
        needs=_NEEDS,
        seconds=45,
    ),
    Check(
        "chat.cancel",
        "Who leaves frees the place",
        "long answers, left after their first word",
        check_cancel,
        needs=_NEEDS,
        seconds=30,
    ),
)
