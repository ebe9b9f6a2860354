import importlib
import pkgutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import aichatdesk
from aichatdesk.platform.storage.migrate import downgrade, upgrade
from aichatdesk.platform.storage.schema import metadata
from aichatdesk.platform.storage.sqlite import sqlite_url


def declared_tables() -> None:
    for module in pkgutil.walk_packages(aichatdesk.__path__, "aichatdesk."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)


def test_the_schema_goes_up_down_and_up_again(tmp_path: Path):
    url = sqlite_url(tmp_path / "desk.db")
    upgrade(url)
    first = set(inspect(create_engine(url)).get_table_names())
    downgrade(url)
    assert set(inspect(create_engine(url)).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(url)
    assert set(inspect(create_engine(url)).get_table_names()) | {"sqlite_sequence"} == first | {
        "sqlite_sequence"
    }


def test_the_migrations_make_exactly_the_tables_that_the_rooms_declare(tmp_path: Path):
    declared_tables()
    url = sqlite_url(tmp_path / "desk.db")
    upgrade(url)
    with create_engine(url).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": lambda _o, name, kind, *_: not str(name).startswith("chunk_search")},
        )
        assert compare_metadata(context, metadata) == []
