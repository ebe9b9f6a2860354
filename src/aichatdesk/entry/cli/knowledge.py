"""`aichatdesk kb`: add, list and search the company's documents."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from aichatdesk.core.errors import DeskError, NotFound
from aichatdesk.entry.cli.console import Client, ask, open_console
from aichatdesk.entry.cli.exits import Exit, reported

app = typer.Typer(no_args_is_help=True, help="The knowledge base: what the assistant answers from.")

_READABLE = frozenset({".pdf", ".docx", ".html", ".htm", ".md", ".txt", ".json", ".csv", ".xlsx"})


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to take every readable file from.")],
) -> None:
    """Read, cut and embed documents; a file that is refused is named and the rest goes on."""
    with reported():
        files = _files(paths)
        refused = asyncio.run(_add_all(files))
    for line in refused:
        typer.echo(f"error: {line}", err=True)
    typer.echo(f"{len(files) - len(refused)} of {len(files)} documents added.")
    if refused:
        raise typer.Exit(Exit.FAILURE)


@app.command("list")
def list_documents(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the documents with their state."""

    async def run() -> list[dict[str, object]]:
        async with open_console() as console:
            found: list[dict[str, object]] = await ask(console, "GET", "/api/knowledge")
            return found

    with reported():
        documents = asyncio.run(run())
    if as_json:
        typer.echo(json.dumps(documents, indent=2))
        return
    table = Table("Document", "Type", "Chunks", "State")
    for document in documents:
        table.add_row(
            str(document["originalName"]),
            str(document["fileType"]),
            str(document["chunkCount"]),
            str(document.get("state", "")),
        )
    Console().print(table)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What a visitor might ask.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the passages that this question would find, best first."""

    async def run() -> list[dict[str, object]]:
        async with open_console() as console:
            found = await ask(
                console, "GET", "/api/v1/knowledge/search", params={"q": query, "limit": str(limit)}
            )
        passages: list[dict[str, object]] = found["passages"]
        return passages

    with reported():
        passages = asyncio.run(run())
    if as_json:
        typer.echo(json.dumps({"passages": passages}, indent=2, ensure_ascii=False))
        return
    for place, passage in enumerate(passages, 1):
        section = f" › {passage['section']}" if passage["section"] else ""
        typer.echo(f"{place}. {passage['document']}{section}  ({passage['score']:.2f})")
        typer.echo("   " + " ".join(str(passage["text"]).split())[:200])


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(
                file for file in path.rglob("*") if file.suffix.lower() in _READABLE and file.is_file()
            )
        elif path.is_file():
            files.append(path)
        else:
            raise NotFound(f"{path} does not exist; name a file or a folder.")
    if not files:
        raise NotFound(f"No readable documents there; these kinds are read: {', '.join(sorted(_READABLE))}.")
    return files


async def _add_all(files: list[Path]) -> list[str]:
    refused = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with open_console() as console:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Adding documents", total=len(files))
            for file in files:
                try:
                    await _add_one(console, file)
                except DeskError as error:
                    refused.append(f"{file}: {error.message}")
                progress.advance(task)
    return refused


async def _add_one(console: Client, file: Path) -> None:
    # httpx2 reads a file object synchronously, so the bytes are read before the request.
    content = await asyncio.to_thread(file.read_bytes)
    await ask(console, "POST", "/api/knowledge/upload", files={"file": (file.name, content)})
