"""Settings that people change at the desk: values by name."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from aichatdesk.core.access import Actor
from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.desk.office_hours import CHECKS
from aichatdesk.desk.tables import desk_settings
from aichatdesk.desk.widget_settings import KEY, checked_widget
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

# What anybody may read; everything else is for people at the desk.
PUBLIC = frozenset({"calendarEmail", "companyName", "greeting", "privacyUrl"})
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_MOST = 200
_LONGEST_VALUE = 20_000
_CHECKS = {**CHECKS, KEY: checked_widget}
# What pages and mails show as it stands.
_TEXTS = frozenset({"companyName", "greeting", "privacyUrl"})


def all_settings(tx: Transaction) -> dict[str, Any]:
    """Every value by its key."""
    rows = tx.connection.execute(select(desk_settings).order_by(desk_settings.c.key))
    return {row.key: json.loads(row.value) for row in rows}


def public_setting(tx: Transaction, key: str) -> Any:
    """The value of a public key; None where it is not set, or not public."""
    return all_settings(tx).get(key) if key in PUBLIC else None


def change_settings(tx: Transaction, actor: Actor, values: Mapping[str, Any]) -> None:
    """Set what is given in somebody's name; raises as `save_settings`."""
    save_settings(tx, values)
    note(tx, actor, Act.SETTINGS_CHANGED, None, {"keys": sorted(values)})


def save_settings(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Set what is given and keep the rest; nothing is stored if anything is malformed.

    Raises:
        Invalid: A key or a value cannot be stored, or there would be too many.
    """
    stored = {key: _checked(key, value) for key, value in values.items()}
    if len({*all_settings(tx), *stored}) > _MOST:
        raise Invalid(f"There can be at most {_MOST} settings.")
    for key, value in stored.items():
        tx.connection.execute(delete(desk_settings).where(desk_settings.c.key == key))
        tx.connection.execute(
            insert(desk_settings).values(key=key, value=value, updated_at=to_millis(tx.now))
        )


def _checked(key: str, value: Any) -> str:
    if not _KEY.fullmatch(key):
        raise Invalid(
            "A setting's name begins with a letter and has at most 64 letters, digits, dots, dashes and underscores.",
            field=key[:64],
        )
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except ValueError as error:
        raise Invalid(f"The value of {key} is no JSON value.", field=key) from error
    if len(text) > _LONGEST_VALUE:
        raise Invalid(f"The value of {key} is longer than {_LONGEST_VALUE} characters.", field=key)
    if check := _CHECKS.get(key):
        check(value)
    if key in _TEXTS and value is not None and not isinstance(value, str):
        raise Invalid(f"{key} must be a text.", field=key)
    return text
