"""Who may do what: every route, asked by everybody, about what is theirs, another's, deleted and unknown.

The table below says what is right. The routes come from the API's own description; one that the table does not know
fails by its name. Roles are expanded by `core/access.py`, so a row names an action and only what departs from it.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from aichatdesk.core.access import ALLOWED, Action, Role
from peers.fake_model_server import FakeModelServer, Script
from peers.made_things import PASSWORD, UNKNOWN_ID, UNKNOWN_SESSION, Headers, Things
from peers.running_desk import ADMIN, RunningDesk, running_desk

Outcome = Literal["ok", 400, 401, 403, 404, 409, 503]
# The second thing that a path names is one that is not there.
SECOND_NAMES = {"message_id": UNKNOWN_ID, "other_session_id": UNKNOWN_SESSION}
# Of whom the thing is that a request names: of one team and its people, of another team, or gone.
WHOSE = ("of one team", "of another team", "deleted", "unknown")
ROLES = {
    "agent": Role.AGENT,
    "manager of the team": Role.MANAGER,
    "manager of another team": Role.MANAGER,
    "admin": Role.ADMIN,
}
CALLERS = ("stranger", "visitor", "another visitor", *ROLES, "deactivated agent", "signed-out agent")


@dataclass(frozen=True)
class Row:
    """What is right for one route.

    Attributes:
        action: What a caller's role must allow; None is a route for everybody.
        others: What people hear of who may, but whose it is not.
        deleted, unknown: What is heard about what is not there; a deactivated account still is.
        ok: What counts as let in; another status where the request is refused for what it says, not for who says it.
        visitors: A chat's own visitor may, by the chat's secret.
        named: The action that the description names, where it is not `action`.
    """

    action: Action | None = None
    body: Mapping[str, Any] | None = None
    others: Outcome = "ok"
    deleted: Outcome = 404
    unknown: Outcome = 404
    ok: Outcome = "ok"
    visitors: bool = False
    named: Action | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def anyone(body: Mapping[str, Any] | None = None, **more: Any) -> Row:
    return Row(None, body, **more)


def may(action: Action, body: Mapping[str, Any] | None = None, **more: Any) -> Row:
    return Row(action, body, **more)


A = Action
CHAT = {"chatId": "{chat_id}"}
NEW_AGENT = {"name": "Somebody", "email": "{fresh}@example.org", "password": PASSWORD}
FILE = {"files": {"file": ("notes.txt", b"Invoices are paid within 30 days.", "text/plain")}}
FILES = {"files": {"files": ("notes.txt", b"hello", "text/plain")}}

TABLE: dict[str, Row] = {
    "GET /health": anyone(),
    "GET /readyz": anyone(),
    # Chats
    "POST /api/chat": anyone({"userName": "Ann", "userEmail": "ann@example.org"}),
    "GET /api/chat/{session_id}": anyone(),
    "GET /api/chat/{session_id}/messages": anyone(),
    "POST /api/chat/{session_id}/escalate": anyone(),
    "PATCH /api/chat/{session_id}/category": anyone({"categoryId": None}),
    "POST /api/chat/{session_id}/takeover": may(A.ANSWER_CHATS, others=409),
    "POST /api/chat/{session_id}/return-to-ai": may(A.ANSWER_CHATS, others=403),
    "PUT /api/chat/{session_id}/notes": may(A.ANSWER_CHATS, {"notes": "calls back"}),
    "DELETE /api/chat/{session_id}": may(A.DELETE_CHATS),
    "POST /api/messages": anyone(CHAT | {"content": "hello"}),
    "POST /api/messages (a note)": may(A.ANSWER_CHATS, CHAT | {"content": "psst", "isInternal": True}),
    "POST /api/messages/chat/{session_id}/end": anyone({"rating": 5}),
    "POST /api/upload": anyone(more=FILES),
    "GET /api/v1/chats/{session_id}": may(A.READ_CHATS, visitors=True),
    "GET /api/v1/chats/{session_id}/events": may(A.READ_CHATS, visitors=True),
    "POST /api/v1/chats/{session_id}/messages": Row(None, {"content": "hello"}, visitors=True),
    "POST /api/v1/chats/{session_id}/stop": Row(None, visitors=True),
    "POST /api/v1/chats/{session_id}/leave": Row(None, visitors=True),
    # The page's word for the visitor is a forged one here, and the chat has not ended.
    "POST /api/v1/chats/{session_id}/identify": Row(None, {"token": "x"}, visitors=True, ok=401),
    "POST /api/v1/chats/{session_id}/transcript": Row(None, visitors=True, ok=409),
    "POST /api/v1/chats": anyone({"userName": "Ann", "userEmail": "ann@example.org"}),
    # The chat has no such answer.
    "PUT /api/v1/chats/{session_id}/messages/{message_id}/feedback": Row(
        None, {"helpful": True}, visitors=True, ok=404
    ),
    "PUT /api/v1/chats/{session_id}/rating": Row(None, {"rating": 4}, visitors=True),
    "PUT /api/v1/chats/{session_id}/contact": Row(None, {"name": "Ann"}, visitors=True),
    "POST /api/v1/chats/{session_id}/typing": may(A.READ_CHATS, {"typing": True}, visitors=True),
    "GET /api/v1/chats/{session_id}/waiting": Row(None, visitors=True),
    "GET /api/v1/chats/{session_id}/earlier": may(A.READ_CHATS, visitors=True),
    # There is no such other chat.
    "GET /api/v1/chats/{session_id}/earlier/{other_session_id}": may(
        A.READ_CHATS, visitors=True, ok=404, others=404
    ),
    "GET /api/v1/widget/config": anyone(),
    "GET /api/v1/widget/snippet": may(A.READ_SETTINGS),
    # The assistant
    "POST /api/ai/query": anyone(CHAT | {"message": "How do I pay?"}),
    "POST /api/ai/summarize": may(A.ANSWER_CHATS, CHAT),
    "POST /api/ai/categorize": may(A.ANSWER_CHATS, CHAT),
    "POST /api/ai/suggest-reply": may(A.ANSWER_CHATS, CHAT, others=403),
    "POST /api/ai/analyze-sentiment": may(A.ANSWER_CHATS, CHAT),
    "POST /api/v1/chats/{session_id}/suggested-reply": may(A.ANSWER_CHATS, others=403),
    # One's own account
    "POST /api/agents/login": anyone(ADMIN),
    "POST /api/agents/logout": may(A.READ_AGENTS),
    "GET /api/agents/me": may(A.READ_AGENTS),
    "PUT /api/agents/me": may(A.READ_AGENTS, {"teamsEmail": ""}),
    "POST /api/agents/change-password": may(
        A.READ_AGENTS, {"currentPassword": PASSWORD, "newPassword": PASSWORD}
    ),
    "GET /api/agents/online": may(A.READ_AGENTS),
    # Others' accounts; a deactivated one can still be put right
    "GET /api/agents": may(A.MANAGE_AGENTS),
    "POST /api/agents": may(A.MANAGE_AGENTS, NEW_AGENT),
    "PUT /api/agents/{agent_id}": may(A.MANAGE_AGENTS, {"name": "Kim"}, others=403, deleted="ok"),
    "DELETE /api/agents/{agent_id}": may(A.DEACTIVATE_AGENTS, deleted="ok"),
    "POST /api/agents/{agent_id}/reset-password": may(
        A.MANAGE_AGENTS, {"newPassword": PASSWORD}, others=403, deleted="ok"
    ),
    "PATCH /api/agents/{agent_id}/status": may(
        A.MANAGE_AGENTS, {"status": "away"}, others=403, named=A.READ_AGENTS
    ),
    # Teams and invitations
    "GET /api/agents/roles": may(A.READ_AGENTS),
    "POST /api/agents/roles": may(A.MANAGE_TEAMS, {"name": "Team {fresh}"}),
    "PUT /api/agents/roles/{team_id}": may(A.EDIT_TEAMS, {"description": "x"}, others=403),
    "DELETE /api/agents/roles/{team_id}": may(A.MANAGE_TEAMS),
    "GET /api/agents/invite-links": may(A.INVITE_AGENTS),
    "POST /api/agents/invite-links": may(A.INVITE_AGENTS, {}),
    "DELETE /api/agents/invite-links/{invite_id}": may(A.INVITE_AGENTS, others=404, deleted="ok"),
    "GET /api/agents/signup/{code}": anyone(),
    "POST /api/agents/signup/{code}": anyone(NEW_AGENT),
    # Knowledge
    "GET /api/knowledge": may(A.READ_KNOWLEDGE),
    "GET /api/knowledge/{document_id}": may(A.READ_KNOWLEDGE),
    "POST /api/knowledge/upload": may(A.WRITE_KNOWLEDGE, more=FILE),
    "POST /api/knowledge/import-url": may(A.WRITE_KNOWLEDGE, {"url": "http://127.0.0.1:9/"}, ok=400),
    "PUT /api/knowledge/{document_id}": may(A.WRITE_KNOWLEDGE, {"content": "Another text."}),
    "DELETE /api/knowledge/{document_id}": may(A.WRITE_KNOWLEDGE),
    "POST /api/knowledge/{document_id}/push": may(A.WRITE_KNOWLEDGE),
    "GET /api/v1/knowledge/search": may(A.READ_KNOWLEDGE, more={"params": {"q": "invoices"}}),
    "POST /api/knowledge/push": may(
        A.REVIEW_SUGGESTIONS, {"question": "What is {fresh}?", "answer": "It is a word for {fresh}."}
    ),
    "GET /api/v1/knowledge/suggestions": may(A.REVIEW_SUGGESTIONS),
    "POST /api/v1/knowledge/suggestions/{suggestion_id}/accept": may(A.REVIEW_SUGGESTIONS, deleted=409),
    "POST /api/v1/knowledge/suggestions/{suggestion_id}/reject": may(A.REVIEW_SUGGESTIONS, deleted=409),
    "GET /api/v1/knowledge/gaps": may(A.REVIEW_SUGGESTIONS),
    "POST /api/v1/knowledge/gaps/{gap_id}/dismiss": may(A.REVIEW_SUGGESTIONS, deleted=409),
    "POST /api/v1/knowledge/gaps/{gap_id}/answer": may(
        A.REVIEW_SUGGESTIONS, {"answer": "It is a word for {fresh}."}, deleted=409
    ),
    "GET /api/v1/knowledge/re-embed": may(A.MANAGE_KNOWLEDGE_INDEX),
    "POST /api/v1/knowledge/re-embed": may(A.MANAGE_KNOWLEDGE_INDEX),
    # The desk
    "GET /api/dashboard/chats": may(A.READ_CHATS),
    "GET /api/dashboard/chats/search": may(A.READ_CHATS, more={"params": {"q": "ann"}}),
    "GET /api/dashboard/chats/{session_id}/info": may(A.READ_CHATS),
    "GET /api/dashboard/chats/{session_id}/attachments": may(A.READ_CHATS),
    "GET /api/v1/desk/looking": may(A.READ_CHATS),
    "GET /api/v1/desk/chats/{session_id}": may(A.READ_CHATS),
    "GET /api/dashboard/stats": may(A.READ_CHATS),
    "GET /api/search": may(A.READ_CHATS),
    "GET /api/analytics/overview": may(A.READ_METRICS),
    "GET /api/analytics/common-questions": may(A.READ_METRICS),
    "GET /api/canned-responses": may(A.USE_CANNED_RESPONSES),
    "POST /api/canned-responses": may(
        A.MANAGE_CANNED_RESPONSES, {"title": "A title", "content": "A text of some length."}
    ),
    "PATCH /api/canned-responses/{response_id}": may(A.MANAGE_CANNED_RESPONSES, {"title": "Another"}),
    "DELETE /api/canned-responses/{response_id}": may(A.MANAGE_CANNED_RESPONSES),
    "POST /api/canned-responses/{response_id}/use": may(A.USE_CANNED_RESPONSES),
    "GET /api/categories": anyone(),
    "GET /api/categories/all": may(A.READ_AGENTS),
    "POST /api/categories": may(A.MANAGE_AGENTS, {"name": "Orders", "prompt": "Be exact.", "icon": "📦"}),
    "PUT /api/categories/{category_id}": may(A.MANAGE_AGENTS, {"active": False}),
    "DELETE /api/categories/{category_id}": may(A.MANAGE_AGENTS),
    "GET /api/settings": may(A.READ_SETTINGS),
    "PUT /api/settings": may(A.CHANGE_SETTINGS, {"companyName": "Example"}),
    "GET /api/settings/public/{key}": anyone(deleted="ok", unknown="ok"),
    "GET /api/v1/analytics": may(A.READ_METRICS),
    "GET /api/v1/integrations": may(A.READ_SETTINGS),
    "GET /api/v1/audit": may(A.READ_AUDIT),
    # The first run, which is over where anybody has an account
    "GET /api/v1/setup": anyone(),
    "POST /api/v1/setup": anyone({"code": "2222-2222-2222-2222"} | NEW_AGENT, ok=409),
    # The calendar, on a desk that has none
    "GET /api/calendar/status": anyone(),
    "GET /api/calendar/slots": anyone(ok=503),
    "POST /api/calendar/book": anyone({}, ok=503),
    "GET /api/v1/calendar/bookings": may(A.READ_CHATS),
    "POST /api/v1/calendar/bookings/{event_id}/cancel": anyone(ok=503, deleted=503, unknown=503),
    "GET /api/v1/calendar/bookings/{event_id}/invite.ics": anyone(ok=503, deleted=503, unknown=503),
    # What goes out
    "GET /api/v1/outbox": may(A.READ_OUTBOX),
    "POST /api/v1/outbox/{item_id}/retry": may(A.MANAGE_OUTBOX),
    "DELETE /api/v1/outbox/{item_id}": may(A.MANAGE_OUTBOX),
}


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    """Behind a proxy on the same machine, so that nobody counts as the machine's owner."""
    async with running_desk(
        tmp_path / "data",
        models.base_url,
        AICHATDESK_TRUSTED_PROXIES="127.0.0.1",
        WIDGET_IDENTITY_SECRET="s" * 32,
    ) as running:
        yield running


def route_of(name: str) -> str:
    return name.partition(" (")[0]


def expected(row: Row, caller: str, kind: str | None, whose: str | None) -> Outcome:
    """What the table says for one caller and one thing."""
    role = ROLES.get(caller)
    if row.visitors and (role is None or row.action is None):
        return missing(row, whose) or (row.ok if caller == "visitor" else 403)
    if row.action is not None:
        if role is None:
            return 401
        if row.action not in ALLOWED[role]:
            return 403
    if whose == "deleted" and row.deleted == "ok":
        whose = "of one team"  # it is still there, and still somebody's
    if gone := missing(row, whose):
        return gone
    return row.ok if row.action is None or is_theirs(caller, kind, whose) else row.others


def missing(row: Row, whose: str | None) -> Outcome | None:
    return {"deleted": row.deleted, "unknown": row.unknown}.get(whose or "")


def is_theirs(caller: str, kind: str | None, whose: str | None) -> bool:
    """Whether a thing that is there belongs to the caller, or to somebody under them."""
    mine = {"manager of the team": "of one team", "manager of another team": "of another team"}
    match kind:
        case "session_id" | "chat_id":
            return caller == "agent" and whose == "of one team"
        case "agent_id" | "team_id" | "invite_id":
            return caller == "admin" or mine.get(caller) == whose
        case _:
            return True


class Cast:
    """The callers, and the things they ask about."""

    def __init__(self, things: Things) -> None:
        self.things = things
        self._ids: dict[str, str] = {}
        self._tokens: dict[str, Headers] = {}
        self._made: dict[tuple[str, str], str] = {}
        self._count = 0

    @classmethod
    async def of(cls, desk: RunningDesk) -> "Cast":
        cast = cls(await Things.of(desk))
        for name, role in ROLES.items():
            cast._ids[name] = await cast.things.account(role=role)
        cast._ids["another agent"] = await cast.things.account()
        await cast.things.team(manager=cast._ids["manager of the team"], name="One")
        await cast.things.team(manager=cast._ids["manager of another team"], name="Another")
        for name in cast._ids:
            await cast.sign_in(name)
        for name in ("deactivated agent", "signed-out agent"):
            cast._ids[name] = await cast.things.account()
            await cast.sign_in(name)
        await cast.things.call("DELETE", f"/api/agents/{cast._ids['deactivated agent']}")
        await cast.things.call("POST", "/api/agents/logout", cast._tokens["signed-out agent"])
        cast._stray = cast.things.chats[await cast.things.chat()]
        return cast

    async def sign_in(self, caller: str) -> None:
        self._tokens[caller] = await self.things.token_of(self._ids[caller])

    def headers(self, caller: str, session_id: str | None) -> Headers:
        if caller == "visitor":
            chat = self.things.chats.get(session_id or "", self._stray)
            return {"X-Visitor-Token": chat["visitorToken"]}
        if caller == "another visitor":
            return {"X-Visitor-Token": self._stray["visitorToken"]}
        return self._tokens.get(caller, {})

    async def thing(self, kind: str, whose: str) -> str:
        """One that nobody has changed yet."""
        if whose == "unknown":
            return self.things.unknown(kind)
        if (kind, whose) not in self._made:
            self._made[kind, whose] = await self._make(kind, whose)
        return self._made[kind, whose]

    def spoil(self, kind: str, whose: str) -> None:
        """It was changed; the next one who asks gets another."""
        self._made.pop((kind, whose), None)

    async def _make(self, kind: str, whose: str) -> str:
        one = whose != "of another team"
        manager = "manager of the team" if one else "manager of another team"
        how: dict[str, Any] = {
            "session_id": {"owner": self._tokens["agent" if one else "another agent"]},
            "agent_id": {"team": "One" if one else "Another"},
            "team_id": {"manager": self._ids[manager]},
            "invite_id": {"by": self._tokens[manager]},
        }.get(kind, {})
        made = await self.things.make(kind, **how)
        if whose == "deleted":
            await self.things.delete(kind, made)
        return made

    def address(self) -> str:
        """Somewhere else each time, so that no limit of one address is met."""
        return f"198.51.{self._count // 250}.{self._count % 250 + 1}"

    def fresh(self) -> str:
        self._count += 1
        return f"fresh-{self._count}"


def filled(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(places)
    return {name: filled(one, places) for name, one in value.items()} if isinstance(value, dict) else value


async def ask(cast: Cast, name: str, row: Row, caller: str, whose: str | None) -> int:
    """Send the row's request; return the status."""
    method, path = route_of(name).split()
    places = {"fresh": cast.fresh(), **SECOND_NAMES}
    kind = kind_of(name, row)
    if kind and whose:
        thing = await cast.thing("session_id" if kind == "chat_id" else kind, whose)
        chat = cast.things.chats.get(thing, {"chatId": cast.things.unknown("chat_id")})
        places |= {kind: thing, "chat_id": chat["chatId"]}
    more = dict(row.more) | ({} if row.body is None else {"json": filled(row.body, places)})
    headers = cast.headers(caller, places.get("session_id")) | {"X-Forwarded-For": cast.address()}
    reply = await cast.things.desk.client.request(method, path.format_map(places), headers=headers, **more)
    cast.things.desk.client.cookies.clear()
    if method != "GET" and reply.is_success:
        if kind and whose:
            cast.spoil("session_id" if kind == "chat_id" else kind, whose)
        if path in {"/api/agents/logout", "/api/agents/change-password"}:
            await cast.sign_in(caller)
    return reply.status_code


def kind_of(name: str, row: Row) -> str | None:
    """The name of the thing that a request is about."""
    _, bracket, rest = name.partition("{")
    if bracket:
        return rest.partition("}")[0]
    return "chat_id" if row.body and "{chat_id}" in row.body.values() else None


def cases(name: str, row: Row) -> Iterator[tuple[str, str | None]]:
    whose = WHOSE if kind_of(name, row) else (None,)
    return ((caller, one) for one in whose for caller in CALLERS)


def is_right(status: int, wanted: Outcome) -> bool:
    return 200 <= status < 300 if wanted == "ok" else status == wanted


def operations(desk: RunningDesk) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in desk.desk.app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


async def test_no_route_is_missing_from_the_table_and_each_is_guarded_by_the_action_it_says(
    desk: RunningDesk,
):
    told = operations(desk)
    known = {route_of(name) for name in TABLE}
    assert sorted(set(told) - known) == [], "Add these routes to TABLE: who may do what there?"
    assert sorted(known - set(told)) == [], "TABLE names routes that are gone."
    wrong = [
        f"{name}: guarded by {told[name].get('x-action')}, the table says {row.named or row.action}"
        for name, row in TABLE.items()
        if name in told and not row.visitors and told[name].get("x-action") != (row.named or row.action)
    ]
    assert wrong == []


@pytest.mark.parametrize("part", range(3))
async def test_nobody_does_what_they_may_not_and_everybody_what_they_may(
    desk: RunningDesk, models: FakeModelServer, part: int
):
    mood = '{"sentiment": "neutral", "priority": "low", "reasoning": "a plain question"}'
    models.answer = lambda _: Script(mood)
    cast = await Cast.of(desk)
    wrong, asked = [], 0
    for name in [*TABLE][part::3]:
        row = TABLE[name]
        for caller, whose in cases(name, row):
            wanted = expected(row, caller, kind_of(name, row), whose)
            status = await ask(cast, name, row, caller, whose)
            asked += 1
            if not is_right(status, wanted):
                about = f" about what is {whose}" if whose else ""
                wrong.append(f"{name}: {caller}{about}: {status}, the table says {wanted}")
    assert wrong == []
    assert asked > 300
