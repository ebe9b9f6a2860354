"""Tables of knowledge."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("original_name", sa.Text, nullable=False),
        sa.Column("file_type", sa.String(128), nullable=False),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sections", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("uploaded_by", sa.String(24)),
        sa.Column("uploaded_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_reason", sa.Text),
        sa.Column("pending_content", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_active_uploaded_at", "documents", ["active", "uploaded_at"])
    op.create_table(
        "generations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("normalise", sa.Boolean, nullable=False),
        sa.Column("query_prefix", sa.Text, nullable=False),
        sa.Column("document_prefix", sa.Text, nullable=False),
        sa.Column("chunker", sa.Text, nullable=False),
        sa.Column("chunk_tokens", sa.Integer, nullable=False),
        sa.Column("token_counter", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
    )
    op.create_index(
        "uq_generations_live",
        "generations",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.String(24), nullable=False),
        sa.Column("generation_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_chunks_document_id"),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name="fk_chunks_generation_id"),
        sa.UniqueConstraint("document_id", "generation_id", "position", name="uq_chunks_document_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chunks_generation_id", "chunks", ["generation_id"])
    op.create_table(
        "knowledge_revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_revision"),
    )
    op.execute("INSERT INTO knowledge_revision (id, value) VALUES (1, 0)")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE chunk_search USING fts5(terms, tokenize='unicode61 remove_diacritics 0')"
        )
        op.execute("CREATE VIRTUAL TABLE chunk_search_terms USING fts5vocab('chunk_search', 'row')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE chunk_search_terms")
        op.execute("DROP TABLE chunk_search")
    op.drop_table("knowledge_revision")
    op.drop_table("chunks")
    op.drop_table("generations")
    op.drop_table("documents")
