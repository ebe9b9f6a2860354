"""What agents' replies suggest for the knowledge base; sections of a text that waits to be published."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("pending_sections", sa.Text))
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.String(24)),
        sa.Column("message_id", sa.String(24)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.String(24)),
        sa.Column("document_id", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_suggestions"),
        sa.UniqueConstraint("digest", name="uq_suggestions_digest"),
    )
    op.create_index("ix_suggestions_state_created_at", "suggestions", ["state", "created_at"])
    op.create_index("ix_suggestions_chat_id", "suggestions", ["chat_id"])


def downgrade() -> None:
    op.drop_table("suggestions")
    with op.batch_alter_table("documents") as documents:
        documents.drop_column("pending_sections")
