"""The one retry loop: what to try again, how long to wait, and when to give up."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aichatdesk.inference.breaker import Breaker, Call
from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected, ModelUnavailable

T = TypeVar("T")
_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Two more attempts, with full jitter, all within the budget."""

    attempts: int = 3
    first_wait: timedelta = timedelta(milliseconds=300)
    longest_wait: timedelta = timedelta(seconds=4)
    budget: timedelta = timedelta(seconds=10)


async def with_retries(
    attempt: Callable[[], Awaitable[T]],
    *,
    endpoint: str,
    breaker: Breaker,
    policy: RetryPolicy,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> T:
    """Run `attempt` until it succeeds, is refused for good, or the budget is spent.

    A wait that the server asks for and that is beyond the budget is kept by the breaker: nobody asks before.

    Raises:
        ModelUnavailable: The breaker is open, or every attempt failed.
    """
    deadline = monotonic() + policy.budget.total_seconds()
    for number in range(1, policy.attempts + 1):
        try:
            return await _once(attempt, _leave(breaker, endpoint))
        except ModelUnavailable as error:
            wait = _wait(error, number, policy)
            asked = isinstance(error, ModelOverloaded) and error.retry_after is not None
            if number < policy.attempts and wait is not None and monotonic() + wait <= deadline:
                await sleep(wait)
                continue
            if asked and wait is not None:
                breaker.rest(wait)
            raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _leave(breaker: Breaker, endpoint: str) -> Call:
    """Leave for a call, or the error that says why there is none."""
    if call := breaker.begin():
        return call
    if rests := breaker.rests_for:
        raise ModelOverloaded(endpoint, timedelta(seconds=rests))
    raise ModelUnavailable(endpoint, "it has failed several times just now", retriable=False)


async def _once(attempt: Callable[[], Awaitable[T]], call: Call) -> T:
    """One attempt, its outcome told to the breaker; a refusal is an answer too."""
    try:
        result = await attempt()
    except ModelUnavailable:
        call.failed()
        raise
    except (ModelRejected, ContextTooLong) as error:
        # A key that is not taken is not taken for the next question either.
        if isinstance(error, ModelRejected) and error.status == _UNAUTHORISED:
            call.failed()
        else:
            call.succeeded()
        raise
    except BaseException:
        call.abandoned()
        raise
    call.succeeded()
    return result


def _wait(error: ModelUnavailable, number: int, policy: RetryPolicy) -> float | None:
    """Seconds before the next attempt, or None where another attempt cannot help."""
    if not error.retriable:
        return None
    if isinstance(error, ModelOverloaded) and error.retry_after is not None:
        return error.retry_after.total_seconds()
    ceiling = min(policy.longest_wait, policy.first_wait * 2 ** (number - 1)).total_seconds()
    return random.uniform(0, ceiling)  # noqa: S311 - jitter, not a secret
