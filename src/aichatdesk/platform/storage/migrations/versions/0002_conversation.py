"""Tables of conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64)),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("user_email", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("sentiment", sa.String(16)),
        sa.Column("assigned_agent_id", sa.String(24)),
        sa.Column("ticket_type", sa.String(16), nullable=False),
        sa.Column("user_priority", sa.String(16)),
        sa.Column("mood", sa.Integer),
        sa.Column("summary", sa.Text),
        sa.Column("language", sa.String(8)),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("rating", sa.Float),
        sa.Column("rating_comment", sa.Text),
        sa.Column("agent_notes", sa.Text),
        sa.Column("public_seq", sa.Integer, nullable=False),
        sa.Column("staff_seq", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("session_id", name="uq_chats_session_id"),
    )
    op.create_index("ix_chats_status_started_at", "chats", ["status", "started_at"])
    op.create_table(
        "messages",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sender", sa.String(8), nullable=False),
        sa.Column("sender_name", sa.Text),
        sa.Column("sender_id", sa.String(24)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("attachments", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("is_internal", sa.Boolean, nullable=False),
        sa.Column("client_message_id", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_messages_chat_id", ondelete="CASCADE"),
        sa.UniqueConstraint("chat_id", "position", name="uq_messages_chat_id"),
        sa.UniqueConstraint("chat_id", "client_message_id", name="uq_messages_client_message_id"),
    )
    op.create_index("ix_messages_state", "messages", ["state"])
    op.create_table(
        "chat_events",
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("staff_seq", sa.Integer, nullable=False),
        sa.Column("public_seq", sa.Integer),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "staff_seq", name="pk_chat_events"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_chat_events_chat_id", ondelete="CASCADE"),
        sa.UniqueConstraint("chat_id", "public_seq", name="uq_chat_events_public_seq"),
    )


def downgrade() -> None:
    op.drop_table("chat_events")
    op.drop_table("messages")
    op.drop_table("chats")
