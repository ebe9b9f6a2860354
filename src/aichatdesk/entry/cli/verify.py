"""`aichatdesk verify`: see whether the model servers do what the desk needs of them."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from aichatdesk.core.errors import Misconfigured
from aichatdesk.entry.cli.exits import Exit, reported
from aichatdesk.entry.settings import load_settings

if TYPE_CHECKING:
    from aichatdesk.migration.verify.report import VerifyReport
    from aichatdesk.migration.verify.target import Options, Target


def verify(
    chat_url: Annotated[str | None, typer.Option(help="Address of the chat model, with /v1.")] = None,
    chat_model: Annotated[str | None, typer.Option(help="The name it is served under.")] = None,
    chat_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds its key.")] = None,
    chat_provider: Annotated[str | None, typer.Option(help="vllm, ollama, llamacpp or openai.")] = None,
    embedding_url: Annotated[
        str | None, typer.Option(help="Address of the embedding model, with /v1.")
    ] = None,
    embedding_model: Annotated[str | None, typer.Option(help="The name it is served under.")] = None,
    embedding_key_env: Annotated[
        str | None, typer.Option(help="Environment variable that holds its key.")
    ] = None,
    embedding_provider: Annotated[str | None, typer.Option(help="vllm, ollama, llamacpp or openai.")] = None,
    embedding_dimensions: Annotated[
        int | None, typer.Option(min=1, max=65_536, help="Width that its vectors must have.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option(help="Certificate of the authority to trust for both.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="`chat` or `embedding`: leave the other one out.")] = None,
    at_once: Annotated[
        int | None, typer.Option(min=1, max=64, help="Chat requests at the same time.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Id of a check that is not wanted; may be given several times.")
    ] = None,
    patience: Annotated[
        float, typer.Option(min=0.1, max=100, help="How many times as long as usual everything may take.")
    ] = 1.0,
    full: Annotated[
        bool, typer.Option("--full", help="Fill the whole window once, however long it takes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask the model servers as the desk would, and say what is wrong and what to change.

    What is not given here comes from the environment and `.env`. If an address is given here, nothing else of that
    server is taken from there.
    """
    from aichatdesk.migration.verify.target import Options

    with reported():
        chat, embedding = _targets(
            (chat_url, chat_model, chat_key_env, chat_provider, None),
            (embedding_url, embedding_model, embedding_key_env, embedding_provider, embedding_dimensions),
            ca_file,
            only,
        )
        options = Options(full, at_once, frozenset(leave_out or ()), patience)
        report = _run(chat, embedding, options)
    typer.echo(json.dumps(report.to_json(), indent=2) if as_json else "\n".join(report.lines()))
    if report.nothing_answers:
        raise typer.Exit(Exit.UNAVAILABLE)
    if report.failed:
        raise typer.Exit(Exit.CHECK_FAILED)
    if not report.complete:
        raise typer.Exit(Exit.TEMPORARY)


def _run(chat: "Target | None", embedding: "Target | None", options: "Options") -> "VerifyReport":
    from aichatdesk.migration.verify.run import verify_endpoints

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("Asking")

        def tell(done: int, total: int, title: str) -> None:
            shown.update(task, completed=done, total=total, description=title)

        return asyncio.run(verify_endpoints(chat, embedding, options, progress=tell))


_Given = tuple[str | None, str | None, str | None, str | None, int | None]


def _targets(
    chat: _Given, embedding: _Given, ca_file: Path | None, only: str | None
) -> tuple["Target | None", "Target | None"]:
    if only not in {None, "chat", "embedding"}:
        raise Misconfigured("--only is either chat or embedding.")
    addressed = chat[0] is not None or embedding[0] is not None
    found = (
        None if only == "embedding" else _target("chat", chat, ca_file, from_settings=not addressed),
        None if only == "chat" else _target("embedding", embedding, ca_file, from_settings=not addressed),
    )
    if found == (None, None):
        raise Misconfigured(
            "No model server is named: give --chat-url and --embedding-url, or set LLM_BASE_URL and EMBEDDING_BASE_URL."
        )
    return found


def _target(side: str, given: _Given, ca_file: Path | None, *, from_settings: bool) -> "Target | None":
    from aichatdesk.migration.verify.target import Target

    url, model, key_env, provider, dimensions = given
    if url is not None:
        target = Target(_address(side, url), model or "", provider=provider or "", dimensions=dimensions)
    elif from_settings:
        target = _configured(side)
        target = replace(target, model=model or target.model, provider=provider or target.provider)
        target = replace(target, dimensions=dimensions or target.dimensions)
    else:
        return None
    if not target.base_url:
        return None
    if not target.model:
        raise Misconfigured(f"The {side} model has no name: give --{side}-model.")
    if key_env is not None:
        if key_env not in os.environ:
            raise Misconfigured(f"--{side}-key-env: there is no variable {key_env} in the environment.")
        target = replace(target, api_key=os.environ[key_env])
    return replace(target, ca_file=ca_file or target.ca_file)


def _configured(side: str) -> "Target":
    from aichatdesk.migration.verify.target import Target

    settings = load_settings()
    group: Any = settings.chat if side == "chat" else settings.embedding
    # As in `wire_models`: the file is trusted alone, which the clouds' certificates would not pass.
    in_the_cloud = group.base_url in {settings.claude.base_url, settings.openai.base_url}
    ca_file = Path(settings.chat.ca_file) if settings.chat.ca_file and not in_the_cloud else None
    return Target(
        group.base_url,
        group.model,
        group.api_key.get_secret_value(),
        group.provider,
        settings.embedding.dimensions if side == "embedding" else None,
        ca_file,
        is_set=True,
        concurrency=settings.chat.concurrency if side == "chat" else None,
        context_tokens=settings.chat.context_tokens if side == "chat" else None,
    )


def _address(side: str, url: str) -> str:
    if not url.startswith(("http://", "https://")) or not url.split("://")[1].strip("/"):
        raise Misconfigured(
            f"--{side}-url must be an http:// or https:// address, such as http://spark.lan:8000/v1."
        )
    if "?" in url or "#" in url:
        raise Misconfigured(f"--{side}-url must end before ? and #.")
    return url.rstrip("/")
