"""`aichatdesk plan`: what a DGX Spark would do with a model, before anybody relies on it."""

import contextlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from aichatdesk.core.errors import Conflict
from aichatdesk.entry.cli.exits import Exit, reported

_PRIVATE = 0o600
_ORDINARY = 0o644
_PROGRAM = 0o755


def plan(
    model: Annotated[
        str,
        typer.Option("--model", "-m", help="A name (see --list), or the path of a config.json, its folder or a GGUF file. Without it the best one is planned."),
    ] = "",
    quant: Annotated[str, typer.Option(help="The form of the weights, such as fp8, nvfp4, mxfp4 or q4_k_m.")] = "",
    engine: Annotated[str, typer.Option(help="vllm or ollama.")] = "",
    embedder: Annotated[str, typer.Option(help="The embedding model beside it.")] = "nomic-embed-text-v1.5",
    context: Annotated[int, typer.Option(help="Tokens of prompt and answer together, at most.")] = 8192,
    concurrency: Annotated[int, typer.Option(help="Answers that are written at once.")] = 10,
    prompt_tokens: Annotated[int, typer.Option(help="Tokens of a usual question with its passages.")] = 2000,
    answer_tokens: Annotated[int, typer.Option(help="Tokens of a usual answer.")] = 150,
    chunks: Annotated[int, typer.Option(help="Pieces of the knowledge base that will be embedded.")] = 10_000,
    spark_address: Annotated[str, typer.Option(help="Where the Spark is, for the files.")] = "spark.lan",
    desk_address: Annotated[str, typer.Option(help="The address that may reach it, for the firewall.")] = "192.0.2.10",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the plan with its charts as one HTML file.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the files that set up the Spark and the desk into this folder.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --html and --write replace files.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the models that are known by name.")] = False,
) -> None:  # fmt: skip
    """Say whether a model on a DGX Spark keeps the promises of the migration, what would do better, and how to serve it."""
    from aichatdesk.entry.cli.show_plan import show_models, show_plan

    with reported(), _told_where_writing_fails():
        if listed:
            show_models(as_json=as_json)
            return
        from rich.console import Console

        from aichatdesk.migration.plan.make_plan import make_plan
        from aichatdesk.migration.plan.plan_json import plan_json
        from aichatdesk.migration.plan.question import PlanQuestion

        question = PlanQuestion(
            model=model, quant=quant.lower(), engine=engine.lower(), embedder=embedder, context_tokens=context,
            concurrency=concurrency, prompt_tokens=prompt_tokens, answer_tokens=answer_tokens, chunks=chunks,
            spark_address=spark_address, desk_address=desk_address,
        )  # fmt: skip
        with Console(stderr=True).status("Simulating visitors …"):
            made = make_plan(question)
            page = _page(made) if html else ""
        files = _writable(html, page, write, made.files, overwrite=overwrite)
        if as_json:
            typer.echo(json.dumps(plan_json(made), indent=2, ensure_ascii=False))
        else:
            show_plan(made)
        _write(files)


@contextlib.contextmanager
def _told_where_writing_fails() -> Iterator[None]:
    """A full disk or a place that cannot be written to is a sentence and a code of its own."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        typer.echo(f"error: {error.filename or 'the output'}: {error.strerror}.", err=True)
        raise typer.Exit(Exit.CANNOT_WRITE) from error


def _page(made: object) -> str:
    from aichatdesk.migration.plan.draw_page import plan_page
    from aichatdesk.migration.plan.make_plan import Plan
    from aichatdesk.migration.spark.constants import load_constants

    assert isinstance(made, Plan)
    return plan_page(made, load_constants())


def _writable(
    html: Path | None, page: str, folder: Path | None, files: Mapping[str, str], *, overwrite: bool
) -> dict[Path, str]:
    """What will be written; raises `Conflict` before anything is, where it would replace something else."""
    wanted = {folder / name: content for name, content in files.items()} if folder else {}
    if folder and not files:
        raise Conflict("This plan has no files to write; its remarks say why. Leave out --write.")
    if html:
        wanted[html] = page
    there = [
        path
        for path in wanted
        if path.exists() and not (path.is_file() and path.read_text("utf-8", "replace") == wanted[path])
    ]
    if there and not overwrite:
        names = ", ".join(str(path) for path in there[:5])
        raise Conflict(f"{names} would be replaced; name another place, or say --overwrite.")
    return wanted


def _write(files: Mapping[Path, str]) -> None:
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = _PRIVATE if path.suffix == ".env" else _PROGRAM if path.suffix == ".sh" else _ORDINARY
        # Keys will be written into some of these: they are private before they have any content.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                os.fchmod(handle, mode)
            file.write(content)
        typer.echo(f"Written: {path}", err=True)
