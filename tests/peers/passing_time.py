"""Time that passes when a test says so: graces can be as long as in real life, and a busy machine changes nothing."""

import asyncio
from datetime import timedelta

_TURNS = 20


def hold_time() -> None:
    """Stop the clock of the running event loop: from here on nothing happens because somebody has waited for it."""
    loop = asyncio.get_running_loop()
    moment = loop.time()
    loop.time = lambda: moment  # type: ignore[method-assign]


async def let_pass(span: timedelta) -> None:
    """Move the clock of the running event loop on, and let what has become due begin.

    Connections with limits of their own age as well, so use it where none waits for an answer.
    """
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + span.total_seconds()  # type: ignore[method-assign]
    for _ in range(_TURNS):
        await asyncio.sleep(0)
