"""`aichatdesk models`: the packaged models as OpenAI-compatible servers."""

import asyncio
from typing import Annotated

import typer

from aichatdesk.entry.cli.exits import reported

app = typer.Typer(no_args_is_help=True, help="The small models that run on this machine.")


@app.command("serve")
def serve_models(
    port: Annotated[
        int, typer.Option(help="Port of the chat model; the embedding model gets the next one.")
    ] = 8001,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the local chat and embedding models until interrupted."""
    from aichatdesk.inference.local.supervisor import LocalModels

    async def run() -> None:
        async with LocalModels.start(host=host, chat_port=port, embedding_port=port + 1) as local:
            typer.echo(f"LLM_BASE_URL={local.chat.base_url}\nLLM_MODEL={local.chat.model}")
            typer.echo(
                f"EMBEDDING_BASE_URL={local.embedding.base_url}\nEMBEDDING_MODEL={local.embedding.model}"
            )
            await asyncio.Event().wait()

    with reported():
        asyncio.run(run())
