"""The table of the audit list; triggers of the database refuse every change of an entry."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from aichatdesk.platform.storage.schema import metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    # Who acted, by the name of that day; both NULL where nobody had signed in.
    Column("actor_id", String(24)),
    Column("actor_name", Text),
    Column("action", String(48), nullable=False),
    Column("target", Text),
    # JSON.
    Column("facts", Text, nullable=False),
    Index("ix_audit_entries_action", "action"),
    Index("ix_audit_entries_actor_id", "actor_id"),
    Index("ix_audit_entries_target", "target"),
    sqlite_autoincrement=True,
)
