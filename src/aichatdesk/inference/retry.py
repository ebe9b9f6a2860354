"""The one retry loop: what to try again, how long to wait, and when to give up."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.errors import ModelOverloaded, ModelUnavailable

T = TypeVar("T")


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

    Raises:
        ModelUnavailable: The breaker is open, or every attempt failed.
    """
    deadline = monotonic() + policy.budget.total_seconds()
    for number in range(1, policy.attempts + 1):
        if not breaker.allows():
            raise ModelUnavailable(endpoint, "it has failed several times just now", retriable=False)
        try:
            result = await attempt()
        except ModelUnavailable as error:
            breaker.failed()
            wait = _wait(error, number, policy)
            if number == policy.attempts or wait is None or monotonic() + wait > deadline:
                raise
            await sleep(wait)
        except BaseException:
            breaker.abandoned()
            raise
        else:
            breaker.succeeded()
            return result
    raise AssertionError("unreachable: the last attempt returns or raises")


def _wait(error: ModelUnavailable, number: int, policy: RetryPolicy) -> float | None:
    """Seconds before the next attempt, or None where another attempt cannot help."""
    if not error.retriable:
        return None
    if isinstance(error, ModelOverloaded) and error.retry_after is not None:
        return error.retry_after.total_seconds()
    ceiling = min(policy.longest_wait, policy.first_wait * 2 ** (number - 1)).total_seconds()
    return random.uniform(0, ceiling)  # noqa: S311 - jitter, not a secret
