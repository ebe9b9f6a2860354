"""`aichatdesk selftest`: see from outside whether a desk keeps its promises."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aichatdesk.entry.cli.exits import Exit, reported

if TYPE_CHECKING:
    from aichatdesk.entry.selftest.delivery import Report

app = typer.Typer(no_args_is_help=True, help="See from outside whether a desk keeps its promises.")


@app.callback()
def _group() -> None:
    """Keep `delivery` a command of its own."""


@app.command()
def delivery(
    url: Annotated[str, typer.Option(help="Where the desk is served.")] = "http://127.0.0.1:8005",
    messages: Annotated[int, typer.Option(min=1, help="How many messages are written in all.")] = 200,
    chats: Annotated[int, typer.Option(min=1, max=100, help="In how many chats at once.")] = 4,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="Messages a second in all; as fast as it goes if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number is another run.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write, drop connections, send again; then check that nothing acknowledged is lost, doubled or moved.

    The chats are called "Delivery self-test" and are ended afterwards.
    """
    from aichatdesk.entry.selftest.delivery import DeliveryCheck, Plan

    plan = Plan(chats=chats, messages=messages, seed=seed, rate=rate)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with reported(), Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Writing", total=messages)
        check = DeliveryCheck(url, plan, progress=lambda done: progress.update(task, completed=done))
        report = asyncio.run(check.run())
    typer.echo(json.dumps(report.shown(), indent=2) if as_json else _in_words(report))
    if report.faults:
        raise typer.Exit(Exit.CHECK_FAILED)


def _in_words(report: "Report") -> str:
    lines = [
        f"{report.acknowledged} messages acknowledged, half of them within {report.p50_ms:.1f} ms, "
        f"99 % within {report.p99_ms:.1f} ms.",
        f"{report.resent} were sent again, {report.dropped} connections dropped and resumed, "
        f"{report.interrupted} requests interrupted.",
    ]
    verdict = "Nothing was lost, doubled or moved." if not report.faults else "Broken promises:"
    return "\n".join([*lines, verdict, *(f"  - {fault}" for fault in report.faults)])
