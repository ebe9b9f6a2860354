"""Tables of documents, index generations and chunks, and of what people are asked to add.

The full-text tables `chunk_search` and `chunk_search_terms` are SQLite's own and live in `lexical_sqlite`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aichatdesk.platform.storage.schema import metadata

documents = Table(
    "documents",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("filename", Text, nullable=False),
    Column("original_name", Text, nullable=False),
    Column("file_type", String(128), nullable=False),
    Column("file_size", BigInteger),
    Column("content", Text, nullable=False),
    Column("sections", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("uploaded_by", String(24)),
    Column("uploaded_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_reason", Text),
    Column("pending_content", Text),
    Column("pending_sections", Text),
    # What its chunks and vectors were made with; null until the first are there.
    Column("cut_by", Text),
    Column("model_revision", Integer),
    # Of an imported page.
    Column("source_url", Text),
    Index("ix_documents_active_uploaded_at", "active", "uploaded_at"),
)

generations = Table(
    "generations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("normalise", Boolean, nullable=False),
    Column("query_prefix", Text, nullable=False),
    Column("document_prefix", Text, nullable=False),
    Column("chunker", Text, nullable=False),
    Column("chunk_tokens", Integer, nullable=False),
    Column("token_counter", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # How often the model behind the name was seen to have changed, and its vectors of known texts by which it was.
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("probe", LargeBinary),
    Index(
        "uq_generations_live",
        "state",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String(24), ForeignKey("documents.id"), nullable=False),
    Column("generation_id", Integer, ForeignKey("generations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # Little-endian float32, as many as the generation is wide.
    Column("vector", LargeBinary, nullable=False),
    UniqueConstraint("document_id", "generation_id", "position"),
    Index("ix_chunks_generation_id", "generation_id"),
    sqlite_autoincrement=True,
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", String(24), primary_key=True),
    # Null once the chat has been deleted.
    Column("chat_id", String(24)),
    Column("message_id", String(24)),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    # Of the pair as it was suggested, so that it is suggested once.
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(24)),
    Column("document_id", String(24)),
    UniqueConstraint("digest"),
    Index("ix_suggestions_state_created_at", "state", "created_at"),
    Index("ix_suggestions_chat_id", "chat_id"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("state", String(16), nullable=False),
    # Whose vectors these are.
    Column("model", Text, nullable=False),
    # The question that is nearest to the middle of all.
    Column("question", Text, nullable=False),
    # The sum of the questions' unit vectors, little-endian float32.
    Column("middle", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", String(24)),
    Column("document_id", String(24)),
    Index("ix_gaps_state", "state"),
)

open_questions = Table(
    "open_questions",
    metadata,
    Column("id", String(24), primary_key=True),
    # Null until its vector is there.
    Column("gap_id", String(24)),
    Column("chat_id", String(24), nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("message_id", String(24)),
    Column("question", Text, nullable=False),
    # Of the question, so that one chat asks it once.
    Column("digest", String(64), nullable=False),
    # Words with spaces between.
    Column("reasons", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("vector", LargeBinary),
    UniqueConstraint("chat_id", "digest"),
    Index("ix_open_questions_gap_id", "gap_id"),
)

re_embeddings = Table(
    "re_embeddings",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    # How often in a row the model did not answer.
    Column("troubles", Integer, nullable=False),
)

re_embedded_documents = Table(
    "re_embedded_documents",
    metadata,
    Column("run_id", String(24), primary_key=True),
    Column("document_id", String(24), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
)

knowledge_revision = Table(
    "knowledge_revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
)
