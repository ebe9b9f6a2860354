"""How Alembic reaches the database: one transaction for each version, on a connection of its own."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from aichatdesk.platform.storage.schema import metadata


def _run() -> None:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
