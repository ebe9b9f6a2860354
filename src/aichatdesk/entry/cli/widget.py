"""`aichatdesk widget`: putting the chat on a web page."""

import json
from typing import Annotated

import typer

from aichatdesk.entry.cli.exits import reported
from aichatdesk.entry.settings import ServerSettings, load_settings

app = typer.Typer(no_args_is_help=True, help="The widget on a web page.")


@app.callback()
def _noun() -> None:
    """Keeps `snippet` a verb of its own while it is the only one."""


@app.command()
def snippet(
    url: Annotated[
        str | None, typer.Option(help="Where visitors reach the desk (default AICHATDESK_PUBLIC_URL).")
    ] = None,
    color: Annotated[str, typer.Option(help="The button's colour, such as #0b6e5f.")] = "",
    position: Annotated[str, typer.Option(help="right or left.")] = "",
    theme: Annotated[str, typer.Option(help="auto, light or dark.")] = "",
    language: Annotated[str, typer.Option(help="A language such as de, instead of the page's own.")] = "",
    title: Annotated[str, typer.Option(help="What the button says to screen readers.")] = "",
    nonce: Annotated[str, typer.Option(help="The nonce of the page's content security policy.")] = "",
    no_sri: Annotated[
        bool,
        typer.Option("--no-sri", help="Follow upgrades, instead of one version that is checked by its hash."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the HTML that puts the widget on a page; works with or without a running server."""
    from aichatdesk.entry.keep_loaders import WEB, describe_loader, packaged_loader
    from aichatdesk.entry.widget_snippet import Looks, widget_snippet

    with reported():
        server = load_settings().server
        looks = Looks(color=color, position=position, theme=theme, language=language, title=title)
        address = url or server.public_url or _own_address(server)
        loader = describe_loader(packaged_loader(WEB))
        made = widget_snippet(address, loader, looks, sri=not no_sri, nonce=nonce)
    if as_json:
        shown = {"html": made.html, "src": made.src, "integrity": made.integrity or None}
        typer.echo(json.dumps(shown, indent=2))
    else:
        typer.echo(made.html)
    if not url and not server.public_url:
        typer.echo("note: this address holds on this machine alone; give --url for a real page.", err=True)


def _own_address(server: ServerSettings) -> str:
    return f"http://127.0.0.1:{server.port}"
