"""Whatever is sent to whatever route, by whomever: an answer or a named error, never a defect."""

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from peers.running_desk import RunningDesk

ROUNDS = 14
FIELDS = (
    "userName userEmail mood ticketType userPriority environment categoryId chatId sessionId content sender isInternal "
    "attachments clientMessageId rating ratingComment comment name email password newPassword currentPassword systemRole "
    "roles managerId defaultRoles defaultManagerId maxUses expiresAt label status title shortcut category prompt icon "
    "active sortOrder description notes message pageContext url question answer drafts"
).split()
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, 10**400, "", " ", "x", "\x00", "\ud800", "a" * 5000, "٣", "'; DROP TABLE chats;--",
    "{{7*7}}", "../../etc/passwd", "javascript:alert(1)", "2026-02-30", "9999-12-31T23:59:59-23:59", [], [[]], [None],
    {"$ne": None}, {"a": {"b": []}}, ["x"] * 60, "ann@example.org", "0123456789abcdef01234567", 5, "high", "agent",
)  # fmt: skip
RAW = (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":' * 200, b'{"rating":NaN}', b"1" * 5000)


def bodies(chance: random.Random, ids: list[str]) -> Iterator[bytes]:
    yield from RAW
    for _ in range(ROUNDS):
        names = chance.sample(FIELDS, chance.randint(1, 12))
        values = [chance.choice((*ODD, *ids)) for _ in names]
        yield json.dumps(dict(zip(names, values, strict=True))).encode("utf-8", "surrogatepass")


async def real_ids(desk: RunningDesk, agent: dict[str, str]) -> list[str]:
    """Ids of things that are there, so that requests get past the first check."""
    chat = await desk.start_chat()
    posted = [
        ("/api/agents/roles", {"name": "Team"}),
        ("/api/agents/invite-links", {}),
        ("/api/canned-responses", {"title": "Title", "content": "Some content"}),
        ("/api/categories", {"name": "Category", "prompt": "Prompt"}),
    ]
    found = [chat["chatId"], chat["sessionId"]]
    for path, body in posted:
        made = (await desk.client.post(path, json=body, headers=agent)).json()
        inner = next((value for value in made.values() if isinstance(value, dict)), made)
        found += [str(inner[key]) for key in ("id", "_id", "code") if key in inner]
    return found


@pytest.mark.parametrize("who", ["stranger", "admin"])
@pytest.mark.timeout(900)
async def test_no_request_is_a_defect(desk: RunningDesk, who: str):
    chance = random.Random(11)
    agent = await desk.sign_in()
    ids = await real_ids(desk, agent)
    told, seen = [], set[int]()
    for path, methods in desk.desk.app.openapi()["paths"].items():
        for method in methods:
            for body in bodies(chance, ids):
                place = path
                while "{" in place:
                    start, end = place.index("{"), place.index("}") + 1
                    value = quote(chance.choice((*ids, *ids, "x", "a" * 300, "\x00", "..", "%")), safe="")
                    place = place[:start] + value + place[end:]
                query = {
                    name: str(chance.choice(ODD)).encode("utf-8", "replace")
                    for name in ("q", "limit", "after")
                }
                headers = {"Content-Type": "application/json"} | (agent if who == "admin" else {})
                reply = await desk.client.request(
                    method,
                    place,
                    content=body,
                    params=query if chance.random() < 0.5 else {},
                    headers=headers,
                )
                seen.add(reply.status_code)
                if reply.status_code >= 400 and not {"error", "detail"} & set(reply.json()):
                    told.append(f"{method} {place[:80]}: {reply.status_code} without an error")
                if reply.status_code >= 500 and reply.status_code != 503:
                    told.append(f"{method} {place[:80]} {body[:200]!r}: {reply.status_code}")
                if who == "admin" and reply.status_code == 401:
                    agent = await desk.sign_in()
    assert told == []
    assert seen >= ({200, 201, 400, 404} if who == "admin" else {200, 400, 401, 404})
