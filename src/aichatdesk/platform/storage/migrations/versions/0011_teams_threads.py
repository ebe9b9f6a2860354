"""Threads in Microsoft Teams, and lanes in which the outbox keeps an order."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_conversations",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("conversation_reference", sa.Text, nullable=False),
        sa.Column("teams_user_id", sa.Text),
        sa.Column("agent_id", sa.String(24)),
        sa.Column("thread_id", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams_conversations"),
        sa.UniqueConstraint("session_id", name="uq_teams_conversations_session_id"),
    )
    op.create_index("ix_teams_conversations_thread_id", "teams_conversations", ["thread_id"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("lane", sa.String(64)))
        outbox.add_column(sa.Column("place", sa.Integer))
        outbox.create_index("ix_outbox_lane_place", ["lane", "place"])


def downgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_lane_place")
        outbox.drop_column("place")
        outbox.drop_column("lane")
    op.drop_table("teams_conversations")
