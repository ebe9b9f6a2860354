"""Run all checks of both sides, one after the other, so that their times do not disturb each other."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from aichatdesk.core.errors import DeskError, Invalid
from aichatdesk.inference.errors import ModelOverloaded
from aichatdesk.migration.verify.bench import Bench, ChatBench, EmbeddingBench
from aichatdesk.migration.verify.chat_context import CONTEXT_CHECKS
from aichatdesk.migration.verify.chat_load import LOAD_CHECKS
from aichatdesk.migration.verify.chat_output import OUTPUT_CHECKS
from aichatdesk.migration.verify.chat_prompt import PROMPT_CHECKS
from aichatdesk.migration.verify.chat_stream import STREAM_CHECKS
from aichatdesk.migration.verify.connection import connection_checks
from aichatdesk.migration.verify.embedding_batch import BATCH_CHECKS
from aichatdesk.migration.verify.embedding_length import LENGTH_CHECKS
from aichatdesk.migration.verify.embedding_vectors import VECTOR_CHECKS
from aichatdesk.migration.verify.findings import (
    NO_CHAT,
    NO_EMBEDDING,
    OUT_OF_TIME,
    TOO_OFTEN,
    Check,
    Finding,
    Result,
    fail,
    ok,
    skipped,
)
from aichatdesk.migration.verify.model import check_chat_route, check_embedding_route, model_checks
from aichatdesk.migration.verify.raw import TooOften
from aichatdesk.migration.verify.report import VerifyReport
from aichatdesk.migration.verify.target import Options, Target, require_file
from aichatdesk.platform.http.client import make_http_client

# Of the time, so that a slow chat server leaves some for the other one, which takes a few seconds.
_CHAT_SHARE = 0.85

Progress = Callable[[int, int, str], None]

_CHAT_ROUTE = Check(
    "chat.route", "It is a chat server", "the smallest request", check_chat_route, ("chat.reachable",), 40
)
_EMBEDDING_ROUTE = Check(
    "embedding.route",
    "It is an embedding server",
    "the smallest request",
    check_embedding_route,
    ("embedding.reachable",),
    40,
)
_CHAT: tuple[Check[Any], ...] = (
    *connection_checks("chat"),
    _CHAT_ROUTE,
    *model_checks("chat"),
    *STREAM_CHECKS,
    *PROMPT_CHECKS,
    *OUTPUT_CHECKS,
    *CONTEXT_CHECKS,
    *LOAD_CHECKS,
)
_EMBEDDING: tuple[Check[Any], ...] = (
    *connection_checks("embedding"),
    _EMBEDDING_ROUTE,
    *model_checks("embedding"),
    *VECTOR_CHECKS,
    *BATCH_CHECKS,
    *LENGTH_CHECKS,
)


async def verify_endpoints(
    chat: Target | None,
    embedding: Target | None,
    options: Options | None = None,
    *,
    progress: Progress = lambda done, total, title: None,
) -> VerifyReport:
    """Check the servers that are given; the checks of the other are listed as skipped.

    Args:
        progress: Called before each check with how many are done, how many there are, and its title.

    Raises:
        Invalid: A check that is to be left out does not exist.
        Misconfigured: An address, a key or the authority's file cannot be used.
    """
    options = options or Options()
    _require_known(options.leave_out)
    began = time.monotonic()
    total = len(_CHAT) + len(_EMBEDDING) + 1
    results: list[Result] = []

    def tell(title: str) -> None:
        progress(len(results), total, title)

    sides: tuple[tuple[Target | None, type[Bench], tuple[Check[Any], ...], Finding], ...] = (
        (chat, ChatBench, _CHAT, NO_CHAT),
        (embedding, EmbeddingBench, _EMBEDDING, NO_EMBEDDING),
    )
    for target, kind, checks, missing in sides:
        if target is None:
            results += [_unrun(check, missing) for check in checks]
            continue
        require_file(target)
        async with make_http_client(ca_file=target.ca_file) as client:
            share = _CHAT_SHARE if target is chat and embedding else 1.0
            least = (1 - _CHAT_SHARE) * options.seconds
            deadline = max(began + share * options.seconds, time.monotonic() + least)
            bench = kind(client, target, options, deadline)
            bench.require_usable()
            await _run_side(bench, checks, results, tell)
    results.append(_ports(chat, embedding, results))
    return VerifyReport(chat, embedding, tuple(results), time.monotonic() - began)


def _require_known(ids: frozenset[str]) -> None:
    """Raise `Invalid` for an id that no check has."""
    known = {check.id for check in (*_CHAT, *_EMBEDDING)}
    if unknown := sorted(ids - known):
        raise Invalid(
            f"There is no check called {', '.join(unknown)}; the checks are {', '.join(sorted(known))}."
        )


async def _run_side(
    bench: Bench, checks: Sequence[Check[Any]], results: list[Result], tell: Callable[[str], None]
) -> None:
    blocked: dict[str, str] = {}
    for check in checks:
        tell(f"{check.id}: {check.title}")
        cause = next((blocked[name] for name in check.needs if name in blocked), "")
        began = time.monotonic()
        if cause:
            finding = skipped(f"{cause} failed")
        elif check.id in bench.options.leave_out:
            finding = skipped("left out as asked")
        elif bench.seconds_left <= 0:
            finding = OUT_OF_TIME
        else:
            finding = await _run(bench, check)
        if cause or finding.verdict == "fail":
            blocked[check.id] = cause or check.id
        results.append(Result(check.id, check.title, check.sends, finding, time.monotonic() - began))


async def _run(bench: Bench, check: Check[Any]) -> Finding:
    patience = bench.raw.patience
    limit = (
        bench.seconds_left if bench.options.full else min(check.seconds * patience, bench.seconds_left + 5)
    )
    try:
        async with asyncio.timeout(limit):
            finding: Finding = await check.run(bench)
            return finding
    except TimeoutError:
        if bench.seconds_left <= 0:
            return OUT_OF_TIME
        return fail(
            f"not done after {limit:.0f} s",
            "See the model server's log. If it is merely slow, run again with --patience 5.",
        )
    except (ModelOverloaded, TooOften) as error:
        return fail(error.message, TOO_OFTEN)
    except DeskError as error:
        return fail(error.message, "See the model server's log, then try again.")


def _unrun(check: Check[Any], why: Finding) -> Result:
    return Result(check.id, check.title, check.sends, why, 0.0)


def _ports(chat: Target | None, embedding: Target | None, results: Sequence[Result]) -> Result:
    """Whether one port is asked for what only two can give."""
    check: tuple[str, str, str] = ("endpoints.ports", "Each model is asked at its own port", "nothing more")
    if chat is None or embedding is None:
        return Result(*check, skipped("only one side was given"), 0.0)
    # At one port too, a proxy may tell the two apart by their paths.
    if chat.base_url.rstrip("/") != embedding.base_url.rstrip("/"):
        return Result(*check, ok("two addresses"), 0.0)
    failed = [result.id for result in results if result.finding.verdict == "fail"]
    wrong = [name for name in ("chat.route", "embedding.route") if name in failed]
    if not wrong:
        return Result(*check, ok("one address serves both"), 0.0)
    finding = fail(
        "LLM_BASE_URL and EMBEDDING_BASE_URL are the same port, which serves only one of the two",
        "vLLM serves one model per port: LLM_BASE_URL at port 8000 and EMBEDDING_BASE_URL at port 8001, two processes. "
        "Only Ollama (port 11434) serves both at one.",
    )
    return Result(*check, finding, 0.0)
