"""`aichatdesk config`: check and show the settings, or write a first `.env`."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, SecretStr

from aichatdesk.core.errors import Conflict
from aichatdesk.entry.cli.exits import reported
from aichatdesk.entry.settings import Settings, load_settings

# In an address, a user's name and password.
_PASSWORD = re.compile(r"(?<=:)//[^/]*@")
app = typer.Typer(no_args_is_help=True, help="Check, show or begin the configuration.")

_FIRST_ENV = """\
# Where the chat model is served (any OpenAI-compatible API, such as vLLM or Ollama).
LLM_BASE_URL=http://127.0.0.1:8000/v1
LLM_MODEL=
# vLLM serves one model per port: the embedding model has a port of its own.
EMBEDDING_BASE_URL=http://127.0.0.1:8001/v1
EMBEDDING_MODEL=
EMBEDDING_DIMENSIONS=
# Or, without the four above, the cloud: all that is asked is then sent to it.
# CLAUDE_API_KEY=
# OPENAI_API_KEY=
# The first administrator, made at the first start.
ADMIN_EMAIL=
ADMIN_PASSWORD=
"""


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say everything that is wrong with the settings; exit with 78 if anything is."""
    from aichatdesk.entry.wire_models import require_models

    with reported():
        settings = load_settings()
        require_models(settings)
    if as_json:
        typer.echo(json.dumps({"ok": True, "notices": list(settings.notices)}))
        return
    for notice in settings.notices:
        typer.echo(f"note: {notice}", err=True)
    typer.echo("The configuration is sound.")


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show every setting as it holds now; secrets are masked."""
    with reported():
        settings = load_settings()
        values = _shown(settings)
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    for name, value in values.items():
        typer.echo(f"{name}={value}")
    for notice in settings.notices:
        typer.echo(f"note: {notice}", err=True)


@app.command()
def init(path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(".env")) -> None:
    """Write a first `.env` to fill in; an existing file is never touched."""
    with reported():
        if path.exists():
            raise Conflict(f"{path} exists already; edit it, or name another path.")
        path.write_text(_FIRST_ENV)
        path.chmod(0o600)
    typer.echo(f"Wrote {path}. Fill in the models and the administrator, then run: aichatdesk config check")


def _shown(settings: Settings) -> dict[str, str]:
    shown = {}
    groups: tuple[BaseModel, ...] = (
        settings.server,
        settings.chat,
        settings.embedding,
        settings.claude,
        settings.openai,
        settings.account,
        settings.mail,
        settings.calendar,
        settings.teams,
        settings.tickets,
        settings.widget,
    )
    for group in groups:
        for name, field in type(group).model_fields.items():
            value = getattr(group, name)
            alias = field.validation_alias
            label = alias if isinstance(alias, str) else str(getattr(alias, "choices", [name])[0])
            shown[label] = _text(value)
    return shown


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    text = "" if value is None else str(value)
    return _PASSWORD.sub("//********@", text)
