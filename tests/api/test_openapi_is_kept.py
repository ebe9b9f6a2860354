"""What `/openapi.json` says is what the desk answers, whatever is sent and whoever sends it.

Schemathesis makes the requests from the description. A status that the description does not name, a body that is not
in the named shape, and any 5xx but a 503 that is named are faults.
"""

import asyncio
import contextlib
import random
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from aichatdesk.core.access import Role
from peers.made_things import Headers, Things
from peers.running_desk import ADMIN, RunningDesk, visitor

T = TypeVar("T")
load_all_checks()
KEPT = CHECKS.get_by_names(
    ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
# No test asks the network for anything, not even for a name.
ADDRESSES = (
    "",
    "x",
    "ftp://127.0.0.1/",
    "http://127.0.0.1:9/",
    "http://[::1]:9/",
    "file:///etc/passwd",
    "http://",
)
# What people send; most routes take any object, and chance alone would never say these words.
MEANT: dict[str, tuple[Any, ...]] = {
    "userName": ("Ann",),
    "userEmail": ("ann@example.org",),
    "content": ("How do I pay?", "A text of some length."),
    "message": ("How do I pay?",),
    "name": ("Somebody",),
    "title": ("A title",),
    "prompt": ("Be exact.",),
    "email": (ADMIN["email"], "new@example.org"),
    "password": (ADMIN["password"], "long-enough-words", "short"),
    "newPassword": ("long-enough-words", "short"),
    "status": ("away", "gone"),
    "systemRole": ("manager", "supervisor"),
    "rating": (5, "5"),
    "roles": ([], ["Nobody"]),
}
CALLERS = {"a stranger": None, "an agent": Role.AGENT, "an admin": Role.ADMIN}


class Caller:
    """Somebody with a role, or a stranger; signs in again whenever a visit has signed them out."""

    def __init__(self, things: Things, role: Role | None) -> None:
        self._things = things
        self._role = role
        self._token: Headers = {}

    async def headers(self, chat: Mapping[str, str]) -> Headers:
        if self._role is None:
            return visitor(chat)
        if not self._token or not await self._stands():
            self._token = await self._things.token_of(await self._things.account(role=self._role))
        return self._token

    async def _stands(self) -> bool:
        return (await self._things.desk.client.get("/api/agents/me", headers=self._token)).is_success


class Visit:
    """Requests to every route, each sent by every caller."""

    def __init__(self, things: Things, examples: int, loop: asyncio.AbstractEventLoop) -> None:
        self._things = things
        self._callers = {name: Caller(things, role) for name, role in CALLERS.items()}
        self._examples = examples
        self._loop = loop
        self._chance = random.Random(5)
        self.faults: list[str] = []
        self.seen: dict[str, set[int]] = {name: set() for name in CALLERS}

    def everywhere(self, described: dict[str, Any]) -> None:
        """Visit; blocks its thread."""
        for found in schemathesis.openapi.from_dict(described).get_all_operations():
            operation = found.ok()
            real = self._wait_for(self._real(operation))
            headers = {name: self._wait_for(caller.headers(real)) for name, caller in self._callers.items()}
            for mode in GenerationMode:
                self._try(operation, mode, real, headers)

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(300)

    async def _real(self, operation: Any) -> dict[str, str]:
        """What is there: the things that the path names, and a chat."""
        session_id = await self._things.chat()
        names = [parameter.name for parameter in operation.path_parameters]
        made = {name: await self._things.make(name) for name in names if name != "session_id"}
        return made | {"session_id": session_id} | self._things.chats[session_id]

    def _try(
        self, operation: Any, mode: GenerationMode, real: dict[str, str], headers: dict[str, Headers]
    ) -> None:
        # One request to each route is meant well, so that what must be seen below is no matter of chance.
        means_well = mode is GenerationMode.POSITIVE

        @hypothesis.settings(
            max_examples=self._examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def once(case: schemathesis.Case) -> None:
            nonlocal means_well
            self._make_it_meet(case, real, share=1 if means_well else 0.6)
            case.cookies = {}
            for who, token in headers.items():
                # A stranger holds the key of the chat that is asked about, or none.
                lost = who == "a stranger" and not means_well and self._chance.random() < 0.3
                self._send(case, who, {} if lost else token)
            means_well = False

        # Where nothing can be wrong, there is no wrong request to make.
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):
            once()

    def _make_it_meet(self, case: Any, real: dict[str, str], *, share: float) -> None:
        """Put what is there into a `share` of a request's parts, so that it gets past the first check."""
        for name in case.path_parameters or ():
            if self._chance.random() < share:
                case.path_parameters[name] = real[name]
        if not isinstance(case.body, dict) or case.media_type != "application/json":
            return
        meant = MEANT | {name: (real[name],) for name in ("chatId", "sessionId")}
        if share == 1:
            case.body = {name: values[0] for name, values in meant.items()}
            return
        for name, values in meant.items():
            if self._chance.random() < share:
                case.body[name] = self._chance.choice(values)
        if case.operation.path.endswith("/import-url"):
            case.body = {"url": self._chance.choice(ADDRESSES)}

    def _send(self, case: Any, who: str, headers: Headers) -> None:
        reply = case.call(base_url=self._things.desk.base_url, headers=headers, timeout=120)
        self.seen[who].add(reply.status_code)
        try:
            case.validate_response(reply, checks=KEPT)
        except FailureGroup as failures:
            told = "; ".join(f"{one.title}: {one.message}" for one in failures.exceptions)
            self.faults.append(f"{who}: {case.operation.label}: {told[:600]} {case.body!r:.300}")


async def visit(desk: RunningDesk, examples: int) -> Visit:
    visited = Visit(await Things.of(desk), examples, asyncio.get_running_loop())
    await asyncio.to_thread(visited.everywhere, desk.desk.app.openapi())
    return visited


@pytest.mark.timeout(900)
async def test_no_answer_is_one_that_the_description_does_not_name(desk: RunningDesk):
    visited = await visit(desk, 2)
    assert visited.faults == []
    assert visited.seen["a stranger"] >= {200, 201, 400, 401, 403, 404}
    assert visited.seen["an admin"] >= {200, 201, 400, 404, 409}


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_no_answer_of_many_is_one_that_the_description_does_not_name(desk: RunningDesk):
    assert (await visit(desk, 100)).faults == []
