"""Meetings that visitors book in the company's calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("held_from", sa.BigInteger),
        sa.Column("meeting_type", sa.String(16), nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("customer_email", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("invite_token", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(24)),
        sa.Column("event_id", sa.Text),
        sa.Column("meeting_link", sa.Text),
        sa.Column("ical_uid", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("calendar", "held_from", name="uq_bookings_held_from"),
        sa.UniqueConstraint("event_id", name="uq_bookings_event_id"),
    )
    op.create_index("ix_bookings_ends_at", "bookings", ["ends_at"])
    op.create_index("ix_bookings_customer_email", "bookings", ["customer_email"])
    op.create_index("ix_bookings_chat_id", "bookings", ["chat_id"])


def downgrade() -> None:
    op.drop_table("bookings")
