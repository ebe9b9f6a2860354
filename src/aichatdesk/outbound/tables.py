"""Tables of the outbox and of the threads in Microsoft Teams."""

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
    # Items of one lane go out in the order of their places.
    Column("lane", String(64)),
    Column("place", Integer),
    UniqueConstraint("key", name="uq_outbox_key"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
    Index("ix_outbox_chat_id", "chat_id"),
    Index("ix_outbox_lane_place", "lane", "place"),
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
