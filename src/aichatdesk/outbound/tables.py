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

bookings = Table(
    "bookings",
    metadata,
    # Also the `transactionId` of the meeting in Graph.
    Column("id", String(24), primary_key=True),
    Column("state", String(16), nullable=False),
    # The address whose calendar it is in.
    Column("calendar", Text, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    # `starts_at` while the time is held, NULL after: one booking at a time, and the time is free at once.
    Column("held_from", BigInteger),
    Column("meeting_type", String(16), nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("invite_token", String(64), nullable=False),
    Column("chat_id", String(24)),
    Column("event_id", Text),
    Column("meeting_link", Text),
    Column("ical_uid", Text),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("calendar", "held_from", name="uq_bookings_held_from"),
    UniqueConstraint("event_id", name="uq_bookings_event_id"),
    Index("ix_bookings_ends_at", "ends_at"),
    Index("ix_bookings_customer_email", "customer_email"),
    Index("ix_bookings_chat_id", "chat_id"),
)
