"""Texts that agents send again and again."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from aichatdesk.conversation.domain import CATEGORIES
from aichatdesk.core.access import Actor
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Invalid, NotFound
from aichatdesk.core.ids import new_id
from aichatdesk.core.text import clean
from aichatdesk.desk.tables import agents, canned_responses
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

_LENGTHS = {"title": (3, 100), "content": (10, 1000)}
_SHORTCUT = re.compile(r"[A-Za-z0-9]{2,20}")
_LONGEST_SEARCH = 200


class CannedResponseNotFound(NotFound):
    """No such text, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("Canned response not found")


class NotValid(Invalid):
    """Fields that break the rules, all of them at once."""

    def __init__(self, details: list[str]) -> None:
        super().__init__("Validation failed", details=details)


def list_responses(tx: Transaction, category: str | None, search: str | None) -> list[dict[str, Any]]:
    """The texts, most used first; an unknown category is ignored, `search` looks in title and content."""
    query = _with_author().where(canned_responses.c.active.is_(True))
    if category in CATEGORIES:
        query = query.where(canned_responses.c.category == category)
    if search:
        wanted = search[:_LONGEST_SEARCH]
        query = query.where(
            or_(
                canned_responses.c.title.icontains(wanted, autoescape=True),
                canned_responses.c.content.icontains(wanted, autoescape=True),
            )
        )
    rows = tx.connection.execute(query.order_by(canned_responses.c.uses.desc(), canned_responses.c.title))
    return [_shown(row) for row in rows]


def create_response(tx: Transaction, actor: Actor, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Store a text; raises `NotValid` with everything that is wrong."""
    values = _checked({"title": None, "content": None} | dict(fields))
    response_id = new_id()
    now = to_millis(tx.now)
    tx.connection.execute(
        insert(canned_responses).values(
            {"category": None, "shortcut": None}
            | values
            | {
                "id": response_id,
                "uses": 0,
                "created_by": actor.id,
                "active": True,
                "created_at": now,
                "updated_at": now,
            }
        )
    )
    made = _row(tx, response_id)
    note(tx, actor, Act.CANNED_RESPONSE_CREATED, made.title, {"id": response_id})
    return _shown(made)


def change_response(
    tx: Transaction, actor: Actor, response_id: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Set what is given; null clears category and shortcut. Raises `CannedResponseNotFound`, `NotValid`."""
    _row(tx, response_id)
    values = _checked(fields)
    if values:
        tx.connection.execute(
            update(canned_responses)
            .where(canned_responses.c.id == response_id)
            .values(updated_at=to_millis(tx.now), **values)
        )
    changed = _row(tx, response_id)
    facts = {"id": response_id, "fields": sorted(values)}
    note(tx, actor, Act.CANNED_RESPONSE_CHANGED, changed.title, facts)
    return _shown(changed)


def delete_response(tx: Transaction, actor: Actor, response_id: str) -> None:
    """Take a text out of use; raises `CannedResponseNotFound`."""
    deleted = _row(tx, response_id)
    tx.connection.execute(
        update(canned_responses).where(canned_responses.c.id == response_id).values(active=False)
    )
    note(tx, actor, Act.CANNED_RESPONSE_DELETED, deleted.title, {"id": response_id})


def count_use(tx: Transaction, response_id: str) -> int:
    """Note that a text was used; return how often it was. Raises `CannedResponseNotFound`."""
    _row(tx, response_id)
    tx.connection.execute(
        update(canned_responses)
        .where(canned_responses.c.id == response_id)
        .values(uses=canned_responses.c.uses + 1)
    )
    return int(_row(tx, response_id).uses)


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the fields set."""
    values: dict[str, Any] = {}
    wrong = []
    for name, (shortest, longest) in _LENGTHS.items():
        if name not in fields:
            continue
        text = clean(fields[name]).strip() if isinstance(fields[name], str) else ""
        if not shortest <= len(text) <= longest:
            wrong.append(f"{name} must have {shortest} to {longest} characters")
        values[name] = text
    if "category" in fields:
        values["category"] = fields["category"] or None
        if values["category"] is not None and values["category"] not in CATEGORIES:
            wrong.append(f"category must be one of {', '.join(CATEGORIES)}")
    if "shortcut" in fields:
        values["shortcut"] = fields["shortcut"] or None
        given = values["shortcut"]
        if given is not None and not (isinstance(given, str) and _SHORTCUT.fullmatch(given)):
            wrong.append("shortcut must have 2 to 20 letters or digits")
    if wrong:
        raise NotValid(wrong)
    return values


def _with_author() -> Any:
    return select(canned_responses, agents.c.name.label("author")).outerjoin(
        agents, agents.c.id == canned_responses.c.created_by
    )


def _row(tx: Transaction, response_id: str) -> Row[Any]:
    query = _with_author().where(canned_responses.c.id == response_id, canned_responses.c.active.is_(True))
    row: Row[Any] | None = tx.connection.execute(query).one_or_none()
    if row is None:
        raise CannedResponseNotFound
    return row


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "content": row.content,
        "category": row.category,
        "shortcut": row.shortcut,
        "usageCount": row.uses,
        "createdBy": row.author or "Unknown",
        "createdAt": to_iso(from_millis(row.created_at)),
        "updatedAt": to_iso(from_millis(row.updated_at)),
    }
