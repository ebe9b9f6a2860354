"""The audit list: one entry for each act that was done, none for one that failed, and no way to change it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from aichatdesk.core.access import OWNER, Role
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.made_things import PASSWORD, Headers, Things
from peers.running_desk import ADMIN, RunningDesk, running_desk

NEW_PASSWORD = "another-long-word"
SAID = "How do I pay?"
# What must never be in the list, whatever was done.
SECRETS = (
    PASSWORD,
    NEW_PASSWORD,
    ADMIN["password"],
    SAID,
    "warranty of model number",
    "ann@example.org",
    "smtp-secret",
)


@dataclass(frozen=True)
class Try:
    """A request that does an act, or one that is refused."""

    act: Act | None
    method: str
    path: str
    body: Any = None
    more: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    """Behind a proxy on the same machine, which tells the address of who asks."""
    async with running_desk(
        tmp_path / "data", models.base_url, AICHATDESK_TRUSTED_PROXIES="127.0.0.1"
    ) as running:
        yield running


async def entries(desk: RunningDesk, who: Headers, **wanted: Any) -> list[dict[str, Any]]:
    reply = await desk.client.get("/api/v1/audit", params=wanted, headers=who)
    assert reply.status_code == 200, reply.text
    return reply.json()["entries"]


async def deeds(things: Things) -> list[Try]:
    """Every act once, and for most of them a way in which it fails."""
    team, agent, category = await things.team(), await things.account(), await things.category()
    response, document, invite = (
        await things.canned_response(),
        await things.document(),
        await things.invite(),
    )
    code, chat = await things.invite_code(), await things.chat()
    accepted, rejected = await things.suggestion(), await things.suggestion()
    retried, discarded = await things.outbox_item(), await things.outbox_item()
    new = {"name": "Lee", "email": "lee@example.org", "password": PASSWORD}
    file = {"files": {"file": ("notes.txt", b"Invoices are paid within 30 days.", "text/plain")}}
    nothing = {"files": {"file": ("notes.txt", b"", "text/plain")}}
    answered, dismissed = await things.gap(), await things.gap()
    gaps = "/api/v1/knowledge/gaps"
    suggested = "/api/v1/knowledge/suggestions"
    return [
        Try(Act.AGENT_CREATED, "POST", "/api/agents", new),
        Try(None, "POST", "/api/agents", new),
        Try(Act.AGENT_CHANGED, "PUT", f"/api/agents/{agent}", {"name": "Lou", "password": PASSWORD}),
        Try(None, "PUT", f"/api/agents/{agent}", {"name": "Lou", "email": ADMIN["email"]}),
        Try(Act.PASSWORD_RESET, "POST", f"/api/agents/{agent}/reset-password", {"newPassword": NEW_PASSWORD}),
        Try(None, "POST", f"/api/agents/{agent}/reset-password", {"newPassword": "short"}),
        Try(Act.AGENT_CHANGED, "PUT", "/api/agents/me", {"teamsEmail": "kim@teams.example"}),
        Try(None, "PUT", "/api/agents/me", {"teamsEmail": "no address"}),
        Try(Act.AGENT_DEACTIVATED, "DELETE", f"/api/agents/{agent}"),
        Try(None, "DELETE", f"/api/agents/{things.unknown('agent_id')}"),
        Try(Act.TEAM_CREATED, "POST", "/api/agents/roles", {"name": "Returns", "icon": "📦"}),
        Try(None, "POST", "/api/agents/roles", {"name": "Returns", "icon": "📦"}),
        Try(Act.TEAM_CHANGED, "PUT", f"/api/agents/roles/{team}", {"name": "Parcels", "icon": "📦"}),
        Try(None, "PUT", f"/api/agents/roles/{team}", {"managerId": "x"}),
        Try(Act.TEAM_DELETED, "DELETE", f"/api/agents/roles/{team}"),
        Try(None, "DELETE", f"/api/agents/roles/{team}"),
        Try(Act.INVITE_CREATED, "POST", "/api/agents/invite-links", {"label": "Summer"}),
        Try(None, "POST", "/api/agents/invite-links", {"maxUses": -1}),
        Try(Act.INVITE_TAKEN_BACK, "DELETE", f"/api/agents/invite-links/{invite}"),
        Try(None, "DELETE", f"/api/agents/invite-links/{things.unknown('invite_id')}"),
        Try(Act.AGENT_SIGNED_UP, "POST", f"/api/agents/signup/{code}", new | {"email": "mia@example.org"}),
        Try(None, "POST", f"/api/agents/signup/{code}", new),
        Try(
            Act.CATEGORY_CREATED,
            "POST",
            "/api/categories",
            {"name": "A", "prompt": "Be exact.", "icon": "📦"},
        ),
        Try(None, "POST", "/api/categories", {"name": "<b>", "prompt": "Be exact.", "icon": "📦"}),
        Try(Act.CATEGORY_CHANGED, "PUT", f"/api/categories/{category}", {"active": False}),
        Try(None, "PUT", f"/api/categories/{category}", {"name": ""}),
        Try(Act.CATEGORY_DELETED, "DELETE", f"/api/categories/{category}"),
        Try(None, "DELETE", f"/api/categories/{category}"),
        Try(
            Act.CANNED_RESPONSE_CREATED,
            "POST",
            "/api/canned-responses",
            {"title": "Thanks", "content": "Thank you for it."},
        ),
        Try(None, "POST", "/api/canned-responses", {"title": "T", "content": "Thank you for it."}),
        Try(Act.CANNED_RESPONSE_CHANGED, "PATCH", f"/api/canned-responses/{response}", {"title": "Another"}),
        Try(None, "PATCH", f"/api/canned-responses/{response}", {"title": ""}),
        Try(Act.CANNED_RESPONSE_DELETED, "DELETE", f"/api/canned-responses/{response}"),
        Try(None, "DELETE", f"/api/canned-responses/{response}"),
        Try(Act.SETTINGS_CHANGED, "PUT", "/api/settings", {"smtpPassword": "smtp-secret", "greeting": "Hi"}),
        Try(None, "PUT", "/api/settings", {"greeting": "Hi", "no!": 1}),
        Try(Act.DOCUMENT_ADDED, "POST", "/api/knowledge/upload", more=file),
        Try(None, "POST", "/api/knowledge/upload", more=nothing),
        Try(Act.DOCUMENT_EDITED, "PUT", f"/api/knowledge/{document}", {"content": "Another text."}),
        Try(None, "PUT", f"/api/knowledge/{document}", {"content": " "}),
        Try(Act.DOCUMENT_DELETED, "DELETE", f"/api/knowledge/{document}"),
        Try(None, "DELETE", f"/api/knowledge/{document}"),
        Try(Act.KNOWLEDGE_PUSHED, "POST", "/api/knowledge/push", {"question": SAID, "answer": "By card."}),
        Try(None, "POST", "/api/knowledge/push", {}),
        Try(Act.KNOWLEDGE_RE_EMBEDDED, "POST", "/api/v1/knowledge/re-embed", {}),
        Try(None, "POST", "/api/v1/knowledge/re-embed", {"documentIds": []}),
        Try(Act.GAP_ANSWERED, "POST", f"{gaps}/{answered}/answer", {"answer": "There is no parking."}),
        Try(None, "POST", f"{gaps}/{answered}/dismiss"),
        Try(Act.GAP_DISMISSED, "POST", f"{gaps}/{dismissed}/dismiss"),
        Try(None, "POST", f"{gaps}/{dismissed}/answer", {"answer": "x"}),
        Try(Act.SUGGESTION_ACCEPTED, "POST", f"{suggested}/{accepted}/accept", {}),
        Try(None, "POST", f"{suggested}/{accepted}/reject"),
        Try(Act.SUGGESTION_REJECTED, "POST", f"{suggested}/{rejected}/reject"),
        Try(None, "POST", f"{suggested}/{rejected}/accept", {}),
        Try(Act.CHAT_DELETED, "DELETE", f"/api/chat/{chat}"),
        Try(None, "DELETE", f"/api/chat/{chat}"),
        Try(Act.OUTBOX_RETRIED, "POST", f"/api/v1/outbox/{retried}/retry"),
        Try(Act.OUTBOX_DISCARDED, "DELETE", f"/api/v1/outbox/{discarded}"),
        Try(None, "DELETE", f"/api/v1/outbox/{discarded}"),
        Try(Act.SIGN_IN_FAILED, "POST", "/api/agents/login", ADMIN | {"password": "wrong"}),
        Try(None, "POST", "/api/agents/login", ADMIN | {"password": "wrong again"}),
        Try(Act.SIGNED_IN, "POST", "/api/agents/login", ADMIN),
        Try(None, "POST", "/api/agents/change-password", {"currentPassword": "x", "newPassword": PASSWORD}),
    ]


async def test_what_succeeds_leaves_exactly_one_entry_and_what_fails_none(desk: RunningDesk):
    things = await Things.of(desk)
    done = set()
    for one in await deeds(things):
        before = await entries(desk, things.admin)
        reply = await desk.client.request(
            one.method,
            one.path,
            headers=things.admin,
            **one.more,
            **({} if one.body is None else {"json": one.body}),
        )
        desk.client.cookies.clear()
        assert one.act is Act.SIGN_IN_FAILED or reply.is_success is (one.act is not None), reply.text
        after = await entries(desk, things.admin)
        wanted = [] if one.act is None else [one.act.value]
        new = [entry for entry in after if entry["id"] > max(old["id"] for old in before)]
        assert [entry["action"] for entry in new] == wanted, f"{one.method} {one.path}"
        done |= {one.act}
    # These end the session, and so come last; setting up is done on a desk without accounts.
    change = {"currentPassword": ADMIN["password"], "newPassword": NEW_PASSWORD}
    await things.call("POST", "/api/agents/change-password", json=change)
    admin = await desk.sign_in(email=ADMIN["email"], password=NEW_PASSWORD)
    await things.call("POST", "/api/agents/logout", admin)
    admin = await desk.sign_in(email=ADMIN["email"], password=NEW_PASSWORD)
    last = [entry["action"] for entry in await entries(desk, admin, limit=4)]
    assert last == ["agent.signed_in", "agent.signed_out", "agent.signed_in", "agent.password_changed"]
    elsewhere = {Act.DESK_SET_UP, Act.MEETING_CALLED_OFF}  # with no accounts, and with a calendar
    assert done | {Act.PASSWORD_CHANGED, Act.SIGNED_OUT, None} | elsewhere == {*Act, None}
    await nothing_secret_is_in_the_list(desk, things)


async def nothing_secret_is_in_the_list(desk: RunningDesk, things: Things) -> None:
    text = "\n".join(await desk.desk.database.read(_everything))
    sessions = [chat["sessionId"] for chat in things.chats.values()]
    codes = [link["code"] for link in (await things_links(desk))]
    assert codes
    for secret in (*SECRETS, *sessions, *codes, "Ann", "Bearer", "eyJ"):
        assert secret not in text, secret


async def things_links(desk: RunningDesk) -> list[dict[str, Any]]:
    admin = await desk.sign_in(email=ADMIN["email"], password=NEW_PASSWORD)
    return (await desk.client.get("/api/agents/invite-links", headers=admin)).json()["links"]


def _everything(tx: Transaction) -> list[str]:
    return [str(tuple(row)) for row in tx.connection.exec_driver_sql("SELECT * FROM audit_entries")]


async def test_an_entry_names_who_acted_by_the_name_of_that_day(desk: RunningDesk):
    things = await Things.of(desk)
    manager = await things.token_of(await things.account(role=Role.MANAGER))
    await things.call("POST", "/api/agents/invite-links", manager, json={"label": "Summer"})
    await things.call("PUT", "/api/agents/me", manager, json={"name": "Robin"})
    renamed, invited = await entries(desk, things.admin, limit=2)
    assert invited["actor"]["name"] == "Somebody"
    assert (invited["action"], invited["target"]) == ("invite.created", "Summer")
    assert renamed["actor"] == invited["actor"]
    theirs = await entries(desk, things.admin, actor=invited["actor"]["id"], action="invite.created")
    assert theirs == [invited]
    first = (await entries(desk, things.admin))[-1]
    assert (first["actor"]["name"], first["action"]) == ("Owner", "agent.created")


async def test_guessing_does_not_fill_the_list(desk: RunningDesk):
    admin = await desk.sign_in()

    async def guess(email: str, address: str) -> httpx2.Response:
        return await desk.client.post(
            "/api/agents/login",
            json={"email": email, "password": "wrong"},
            headers={"X-Forwarded-For": address},
        )

    for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::2", "192.0.2.2", "192.0.2.1"):
        assert (await guess("my-secret-password@example.org", address)).status_code == 401
    assert (await guess(ADMIN["email"], "192.0.2.3")).status_code == 401
    found = await entries(desk, admin, action="agent.sign_in_failed")
    assert [(one["actor"], one["target"], one["facts"]) for one in found] == [
        (None, "192.0.2.3", {"account": ADMIN["email"]}),
        (None, "192.0.2.2", {}),
        (None, "2001:db8::/64", {}),
        (None, "192.0.2.1", {}),
    ]


async def test_pages_show_every_entry_once(desk: RunningDesk):
    things = await Things.of(desk)
    for _ in range(7):
        await things.team()
    everything = await entries(desk, things.admin)
    pages, before = [], None
    while True:
        params = {"limit": 3} | ({"before": before} if before else {})
        page = (await desk.client.get("/api/v1/audit", params=params, headers=things.admin)).json()
        assert "team.created" in page["actions"]
        pages += page["entries"]
        before = page["next"]
        await things.team()  # what comes meanwhile moves no page
        if before is None:
            break
    assert pages == everything
    for wrong in (
        {"limit": 0},
        {"limit": 1000},
        {"before": "x"},
        {"before": 2**63},
        {"actor": "x"},
        {"action": "x"},
    ):
        reply = await desk.client.get("/api/v1/audit", params=wrong, headers=things.admin)
        assert reply.status_code == 400, wrong


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entries SET actor_name = 'nobody'",
        "DELETE FROM audit_entries",
        "REPLACE INTO audit_entries (id, at, action, facts) VALUES (1, 0, 'x', '{}')",
    ],
)
async def test_an_entry_can_be_neither_changed_nor_removed(database: SqliteDatabase, change: str):
    await database.write(lambda tx: note(tx, OWNER, Act.SETTINGS_CHANGED))
    before = await database.read(_everything)
    with pytest.raises(IntegrityError, match="only grows"):
        await database.write(lambda tx: tx.connection.exec_driver_sql(change))
    assert await database.read(_everything) == before
    await database.write(partial(note, actor=None, act=Act.SIGNED_IN))
    assert len(await database.read(_everything)) == 2


async def test_an_act_that_breaks_off_after_it_was_noted_leaves_no_entry(database: SqliteDatabase):
    def work(tx: Transaction) -> None:
        note(tx, OWNER, Act.TEAM_DELETED, "Returns")
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await database.read(_everything) == []
