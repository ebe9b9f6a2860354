"""Open questions and the gaps they show; what made a document's vectors; runs that make them anew; source addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("generations") as generations:
        generations.add_column(sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
        generations.add_column(sa.Column("probe", sa.LargeBinary))
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("cut_by", sa.Text))
        documents.add_column(sa.Column("model_revision", sa.Integer))
        documents.add_column(sa.Column("source_url", sa.Text))
    op.execute(
        "UPDATE documents SET model_revision = 1, cut_by = (SELECT chunker || ', ' || chunk_tokens || ' tokens, ' "
        "|| token_counter FROM generations WHERE state = 'live') "
        "WHERE EXISTS (SELECT 1 FROM chunks WHERE chunks.document_id = documents.id)"
    )
    _create_gaps()
    _create_runs()


def _create_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("middle", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", sa.String(24)),
        sa.Column("document_id", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_state", "gaps", ["state"])
    op.create_table(
        "open_questions",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("gap_id", sa.String(24)),
        sa.Column("chat_id", sa.String(24), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(24)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("vector", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_open_questions"),
        sa.UniqueConstraint("chat_id", "digest", name="uq_open_questions_chat_id"),
    )
    op.create_index("ix_open_questions_gap_id", "open_questions", ["gap_id"])


def _create_runs() -> None:
    op.create_table(
        "re_embeddings",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("troubles", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_re_embeddings"),
    )
    op.create_table(
        "re_embedded_documents",
        sa.Column("run_id", sa.String(24), nullable=False),
        sa.Column("document_id", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("run_id", "document_id", name="pk_re_embedded_documents"),
    )


def downgrade() -> None:
    for table in ("re_embedded_documents", "re_embeddings", "open_questions", "gaps"):
        op.drop_table(table)
    with op.batch_alter_table("documents") as documents:
        for column in ("source_url", "model_revision", "cut_by"):
            documents.drop_column(column)
    with op.batch_alter_table("generations") as generations:
        generations.drop_column("probe")
        generations.drop_column("revision")
