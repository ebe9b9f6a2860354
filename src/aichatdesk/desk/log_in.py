"""Sign in, with patience that grows with each wrong guess."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import TooMany, Unauthenticated
from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent
from aichatdesk.desk.passwords import Passwords
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note, noted_within
from aichatdesk.platform.storage.database import Database, Transaction

_FREE_TRIES = 5
_FIRST_PAUSE = 60.0
_LONGEST_PAUSE = 900.0
_MOST_REMEMBERED = 10_000
_NOTED_ONCE_IN = timedelta(hours=1)


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    until: float = 0.0


class LoginThrottle:
    """Slows guesses at one account from one address; other addresses are not locked out."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._tries: dict[tuple[str, str], _Tries] = {}

    def check(self, email: str, address: str) -> None:
        """Raise `TooMany` while this pair has to wait."""
        tries = self._tries.get((email, address))
        if tries and tries.until > self._now():
            wait = int(tries.until - self._now()) + 1
            raise TooMany(f"Too many wrong passwords; try again in {wait} seconds.", retry_after=wait)

    def wrong(self, email: str, address: str) -> None:
        """Note a wrong password."""
        if len(self._tries) >= _MOST_REMEMBERED:
            self._tries.pop(next(iter(self._tries)))
        tries = self._tries.setdefault((email, address), _Tries())
        tries.wrong += 1
        if tries.wrong >= _FREE_TRIES:
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (tries.wrong - _FREE_TRIES))
            tries.until = self._now() + pause

    def right(self, email: str, address: str) -> None:
        """Forget the wrong guesses."""
        self._tries.pop((email, address), None)


async def log_in(
    database: Database,
    passwords: Passwords,
    throttle: LoginThrottle,
    *,
    email: str,
    password: str,
    address: str,
    network: str,
) -> Agent:
    """The account that belongs to these words; it is online from now on.

    `network` is what the audit list names where the words are wrong, once an hour.

    Raises:
        TooMany: Too many wrong guesses; nothing was hashed.
        Unauthenticated: Unknown, deactivated or wrong; all three look the same.
    """
    throttle.check(email, address)
    agent = await database.read(partial(repository.agent_by_email, email=email))
    known = agent if agent and agent.active else None
    right, better = await passwords.check(password, known.password_hash if known else None)
    if known is None or not right:
        throttle.wrong(email, address)
        await _note_failure(database, known, network)
        raise Unauthenticated("Invalid credentials")
    throttle.right(email, address)

    def work(tx: Transaction) -> Agent:
        note(tx, known.actor, Act.SIGNED_IN, known.email)
        return arrive(tx, known, better)

    return await database.write(work)


def arrive(tx: Transaction, agent: Agent, better_hash: str | None = None) -> Agent:
    """Have an agent online who has signed in, with a better hash of the password where there is one."""
    now = to_millis(tx.now)
    values: dict[str, object] = {"status": "online", "last_login": now, "last_seen": now}
    if better_hash:
        values["password_hash"] = better_hash
    repository.change_agent(tx, agent.id, **values)
    return repository.agent_by_id(tx, agent.id)


async def _note_failure(database: Database, known: Agent | None, network: str) -> None:
    """Note a failed sign-in, once in an hour for each network, so that guessing does not fill the list.

    Which account it was is noted only where there is one: in place of an address, people type passwords too.
    """
    target = network or "this machine"

    def is_noted(tx: Transaction) -> bool:
        return noted_within(tx, Act.SIGN_IN_FAILED, target, _NOTED_ONCE_IN)

    def work(tx: Transaction) -> None:
        if not is_noted(tx):
            note(tx, None, Act.SIGN_IN_FAILED, target, {"account": known.email} if known else {})

    if not await database.read(is_noted):
        await database.write(work)
