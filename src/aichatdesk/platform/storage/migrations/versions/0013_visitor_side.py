"""What visitors think of answers, finding their earlier chats and waits, and replies that went out by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("helpful", sa.Boolean))
    op.add_column("messages", sa.Column("feedback_comment", sa.Text))
    op.create_index("ix_chats_user_id", "chats", ["user_id"])
    op.create_index("ix_chats_user_email", "chats", ["user_email"])
    op.create_index("ix_chat_events_type_at", "chat_events", ["type", "at"])
    op.create_table(
        "reply_mails",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("mailbox", sa.String(254), nullable=False),
        sa.Column("up_to", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reply_mails"),
    )
    op.create_index("ix_reply_mails_chat_id", "reply_mails", ["chat_id"])
    op.create_index("ix_reply_mails_mailbox_created_at", "reply_mails", ["mailbox", "created_at"])


def downgrade() -> None:
    op.drop_table("reply_mails")
    op.drop_index("ix_chat_events_type_at", "chat_events")
    op.drop_index("ix_chats_user_email", "chats")
    op.drop_index("ix_chats_user_id", "chats")
    op.drop_column("messages", "feedback_comment")
    op.drop_column("messages", "helpful")
