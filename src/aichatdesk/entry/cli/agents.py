"""`aichatdesk agents`: people at the desk."""

import asyncio
import sys
from typing import Annotated

import typer

from aichatdesk.core.access import Role
from aichatdesk.entry.cli.console import ask, open_console
from aichatdesk.entry.cli.exits import reported

app = typer.Typer(no_args_is_help=True, help="The people at the desk.")


@app.command()
def create(
    email: Annotated[str, typer.Option(help="Address to sign in with.")],
    name: Annotated[str, typer.Option(help="Name that visitors see.")],
    role: Annotated[Role, typer.Option(help="What this person may do.")] = Role.AGENT,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account; works beside a running server too."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def run() -> None:
        body = {"email": email, "name": name, "systemRole": role.value, "password": password}
        async with open_console() as console:
            made = await ask(console, "POST", "/api/agents", json=body)
        typer.echo(f"{made['agent']['name']} <{made['agent']['email']}> is now {role.value}.")

    with reported():
        asyncio.run(run())
