"""Note an act in the transaction that does it: what fails leaves no entry, what succeeds leaves one."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import insert, select

from aichatdesk.core.access import Actor
from aichatdesk.core.clock import to_millis
from aichatdesk.core.text import shorten
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.tables import audit_entries
from aichatdesk.platform.storage.database import Transaction

_LONGEST_TARGET = 300

Detail = str | int | bool | None | Sequence[str]


def note(
    tx: Transaction,
    actor: Actor | None,
    act: Act,
    target: str | None = None,
    facts: Mapping[str, Detail] | None = None,
) -> None:
    """Add an entry that becomes real with this transaction; None for an actor whom nobody knows.

    An entry stays for ever, so neither `target` nor `facts` may hold a password, a token, what was said in a chat or
    anything about a visitor.
    """
    tx.connection.execute(
        insert(audit_entries).values(
            at=to_millis(tx.now),
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else None,
            action=act.value,
            target=shorten(target, _LONGEST_TARGET) if target else None,
            facts=json.dumps(dict(facts or {}), ensure_ascii=False),
        )
    )


def noted_within(tx: Transaction, act: Act, target: str, span: timedelta) -> bool:
    """Whether there is an entry of this act on this target that is no older than `span`."""
    found = select(audit_entries.c.id).where(
        audit_entries.c.target == target,
        audit_entries.c.action == act.value,
        audit_entries.c.at > to_millis(tx.now - span),
    )
    return tx.connection.execute(found.limit(1)).first() is not None
