"""`aichatdesk serve` and `aichatdesk demo`: the server itself."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from aichatdesk.entry.cli.exits import reported
from aichatdesk.entry.settings import Settings, load_settings

Host = Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")]
Port = Annotated[int | None, typer.Option(min=0, max=65_535, help="Port to listen on (default 8005).")]
_DEMO_DATA = Path("data/demo")


def serve(host: Host = None, port: Port = None) -> None:
    """Run the desk; settings come from the environment and `.env`."""
    from aichatdesk.entry.serve import serve_desk

    with reported():
        settings = _settings(host, port)
        for notice in settings.notices:
            typer.echo(f"note: {notice}", err=True)
        _run(serve_desk(settings, ready=lambda url: _announce(url, settings)))


def demo(host: Host = None, port: Port = None) -> None:
    """Run the desk with a sample shop, sample documents and small models on this very machine."""
    from aichatdesk.entry.demo import serve_demo

    with reported():
        settings = _settings(host, port, default_data=_DEMO_DATA)
        _run(serve_demo(settings, say=typer.echo))


def openapi(path: Annotated[Path, typer.Argument(help="Where to write the description.")]) -> None:
    """Write the OpenAPI description of every route; the front end's types are made from it."""
    from aichatdesk.entry.describe import describe_api

    with reported():
        description = asyncio.run(describe_api())
    path.write_text(json.dumps(description, indent=1, sort_keys=True) + "\n")


def _announce(url: str, settings: Settings) -> None:
    """Say where the desk is; and on the first run, how its owner gets in."""
    from aichatdesk.desk.setup_code import SetupCode

    typer.echo(f"AIChatDesk listens on {url}", err=True)
    if code := SetupCode(settings.server.data_dir).read():
        typer.echo(
            f"Nobody has an account yet. Open {settings.server.public_url or url}/dashboard/", err=True
        )
        typer.echo(f"and make the first one with the setup code {code}", err=True)


def _settings(host: str | None, port: int | None, *, default_data: Path | None = None) -> Settings:
    given: dict[str, object] = {"AICHATDESK_HOST": host, "AICHATDESK_PORT": port}
    settings = load_settings(overrides=given)
    if default_data and "AICHATDESK_DATA_DIR" not in settings.given:
        settings = load_settings(overrides=given | {"AICHATDESK_DATA_DIR": default_data})
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    import uvloop

    uvloop.run(work)
