"""The audit list, which only grows; and what analytics look for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# REPLACE would delete without asking the second trigger, so an entry's number may not be given again either.
_TRIGGERS = {
    "audit_entries_stay_as_they_are": "BEFORE UPDATE ON audit_entries",
    "audit_entries_stay": "BEFORE DELETE ON audit_entries",
    "audit_entries_are_not_replaced": (
        "BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)"
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.String(24)),
        sa.Column("actor_name", sa.Text),
        sa.Column("action", sa.String(48), nullable=False),
        sa.Column("target", sa.Text),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        sqlite_autoincrement=True,
    )
    for column in ("action", "actor_id", "target"):
        op.create_index(f"ix_audit_entries_{column}", "audit_entries", [column])
    for name, when in _TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'The audit list only grows.'); END"
        )
    op.create_index("ix_chats_started_at", "chats", ["started_at"])


def downgrade() -> None:
    op.drop_index("ix_chats_started_at", "chats")
    op.drop_table("audit_entries")
