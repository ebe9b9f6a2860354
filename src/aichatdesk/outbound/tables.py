"""The table of the outbox."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from aichatdesk.platform.storage.schema import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("kind", String(32), nullable=False),
    # The same key is put in once, however often it is asked for.
    Column("key", String(160), nullable=False),
    Column("title", Text, nullable=False),
    Column("chat_id", String(24)),
    # JSON; emptied once the item is settled, for it holds personal data.
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    # What the other service calls it.
    Column("reference", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    UniqueConstraint("key", name="uq_outbox_key"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
    Index("ix_outbox_chat_id", "chat_id"),
)
