"""The tables of the outbox, of what visitors' addresses get, and of threads in Microsoft Teams."""

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
    # JSON; emptied once the item is sent, for it holds personal data.
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    # What the other service calls it.
    Column("reference", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    # When somebody last had a dead item sent again; patience is counted from here.
    Column("retried_at", BigInteger),
    # Items of one lane go out in the order of their places.
    Column("lane", String(64)),
    Column("place", Integer),
    UniqueConstraint("key", name="uq_outbox_key"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
    Index("ix_outbox_chat_id", "chat_id"),
    Index("ix_outbox_lane_place", "lane", "place"),
)

# A visitor's address was asked whether it wants the transcript of a chat.
address_confirmations = Table(
    "address_confirmations",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("chat_id", String(24), nullable=False),
    Column("address", String(254), nullable=False),
    # The address without what one mailbox can be spelt with, and where the question came from: what is limited.
    Column("mailbox", String(254), nullable=False),
    Column("client", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
    UniqueConstraint("token_hash"),
    Index("ix_address_confirmations_chat_id", "chat_id"),
    Index("ix_address_confirmations_mailbox_created_at", "mailbox", "created_at"),
    Index("ix_address_confirmations_client_created_at", "client", "created_at"),
)

transcript_mails = Table(
    "transcript_mails",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("chat_id", String(24), nullable=False),
    Column("mailbox", String(254), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_transcript_mails_chat_id", "chat_id"),
    Index("ix_transcript_mails_mailbox_created_at", "mailbox", "created_at"),
)

# Which of an agent's replies went to a visitor who was not there.
reply_mails = Table(
    "reply_mails",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("chat_id", String(24), nullable=False),
    Column("mailbox", String(254), nullable=False),
    # The place of the last message that was in the mail.
    Column("up_to", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_reply_mails_chat_id", "chat_id"),
    Index("ix_reply_mails_mailbox_created_at", "mailbox", "created_at"),
)

teams_conversations = Table(
    "teams_conversations",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("session_id", String(64), nullable=False),
    # JSON, as Bot Framework has it: service address, conversation, activity, bot.
    Column("conversation_reference", Text, nullable=False),
    # Who last acted from this thread.
    Column("teams_user_id", Text),
    Column("agent_id", String(24)),
    # The id of the conversation, which is what an incoming activity names.
    Column("thread_id", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("session_id", name="uq_teams_conversations_session_id"),
    Index("ix_teams_conversations_thread_id", "thread_id"),
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
