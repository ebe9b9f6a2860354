"""Bring a database's schema up (or down) by the Alembic versions in `migrations/`."""

from pathlib import Path

from aichatdesk.core.errors import Misconfigured


class SchemaTooNew(Misconfigured):
    """The data was written by a newer release."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database has schema {revision}, which this release does not know; "
            "install the newer release again, or restore the backup made before upgrading."
        )


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrade to `revision`; doing it again changes nothing.

    Raises:
        SchemaTooNew: The database is ahead of this release.
    """
    # Alembic takes half a second to import; commands that need no database should not pay for it.
    from alembic import command
    from alembic.util.exc import CommandError

    try:
        command.upgrade(_configuration(url), revision)
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise SchemaTooNew(str(error).rsplit("'", 2)[-2]) from error
        raise


def downgrade(url: str, revision: str = "base") -> None:
    """Undo versions down to `revision`; data in dropped tables is lost."""
    from alembic import command

    command.downgrade(_configuration(url), revision)


def _configuration(url: str):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
