"""The `aichatdesk` command: nouns, then verbs."""

import os
from importlib.metadata import version
from typing import Annotated

import typer

from aichatdesk.entry.cli import (
    agents,
    configuration,
    knowledge,
    models,
    plan,
    selftest,
    serving,
    simulate,
    verify,
    widget,
)

app = typer.Typer(
    name="aichatdesk",
    help="A self-hosted AI support desk whose AI never leaves the building.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("aichatdesk"))
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


app.command("serve")(serving.serve)
app.command("demo")(serving.demo)
app.command("plan")(plan.plan)
app.command("verify")(verify.verify)
app.command("openapi", hidden=True)(serving.openapi)
app.add_typer(models.app, name="models")
app.add_typer(configuration.app, name="config")
app.add_typer(agents.app, name="agents")
app.add_typer(knowledge.app, name="kb")
app.add_typer(selftest.app, name="selftest")
app.add_typer(simulate.app, name="simulate")
app.add_typer(widget.app, name="widget")


def main() -> None:
    """Run the command line."""
    # numpy reads this when it is loaded. Its threads would spin for each small product of a search: 3 ms of CPU a
    # question with one thread, 13 ms with two (`benchmarks/turn_without_model.py`).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app()


if __name__ == "__main__":
    main()
