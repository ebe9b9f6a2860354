"""What visitors' addresses get by mail, and when a dead item of the outbox was sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("retried_at", sa.BigInteger))
    op.create_table(
        "address_confirmations",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("mailbox", sa.String(254), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_address_confirmations"),
        sa.UniqueConstraint("token_hash", name="uq_address_confirmations_token_hash"),
    )
    op.create_index("ix_address_confirmations_chat_id", "address_confirmations", ["chat_id"])
    op.create_table(
        "transcript_mails",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("mailbox", sa.String(254), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcript_mails"),
    )
    op.create_index("ix_transcript_mails_chat_id", "transcript_mails", ["chat_id"])
    for table, column in (
        ("address_confirmations", "mailbox"),
        ("address_confirmations", "client"),
        ("transcript_mails", "mailbox"),
    ):
        op.create_index(f"ix_{table}_{column}_created_at", table, [column, "created_at"])


def downgrade() -> None:
    op.drop_table("transcript_mails")
    op.drop_table("address_confirmations")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("retried_at")
