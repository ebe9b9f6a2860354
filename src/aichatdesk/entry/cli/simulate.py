"""`aichatdesk simulate`: a server that answers in the time of a machine that is not here."""

import math
from typing import Annotated, Literal

import typer

from aichatdesk.entry.cli.exits import reported

app = typer.Typer(no_args_is_help=True, help="Try a machine before it is bought.")


@app.callback()
def _simulate() -> None:
    """Try a machine before it is bought."""


def _speed(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise typer.BadParameter("must be above 0; 10 lets ten simulated seconds pass in one")
    return value


@app.command("spark")
def simulate_spark(
    model: Annotated[
        str, typer.Option(help="A chat model of the catalogue, or the path of a config.json or GGUF file.")
    ] = "gpt-oss-20b",
    quant: Annotated[
        str, typer.Option(help="Its quantisation; by default the most exact one that fits.")
    ] = "",
    engine: Annotated[Literal["vllm", "ollama"], typer.Option(help="What serves it there.")] = "vllm",
    slots: Annotated[
        int,
        typer.Option(min=1, max=256, help="Answers written at once (--max-num-seqs, OLLAMA_NUM_PARALLEL)."),
    ] = 8,
    context: Annotated[
        int, typer.Option(min=64, max=4_000_000, help="Tokens of a prompt and its answer (--max-model-len).")
    ] = 8192,
    thinking: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=100_000,
            help="Tokens that it thinks before each answer; by default what it usually does.",
        ),
    ] = None,
    embedding_model: Annotated[
        str, typer.Option(help="An embedding model of the catalogue.")
    ] = "nomic-embed-text",
    text: Annotated[
        str, typer.Option(help="Where the words come from: echo, local, or the base URL of a server.")
    ] = "echo",
    text_model: Annotated[
        str, typer.Option(help="The model at that URL; by default the first that it lists.")
    ] = "",
    vectors: Annotated[
        Literal["auto", "local", "hash"], typer.Option(help="Where the vectors come from.")
    ] = "auto",
    speed: Annotated[
        float, typer.Option(callback=_speed, help="Simulated seconds that pass in one real second.")
    ] = 1.0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on.")] = 8000,
    embedding_port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="A port of its own for embeddings, as on vLLM.")
    ] = None,
) -> None:
    """Answer as a model on a DGX Spark would, in its time; the words come from elsewhere."""
    import uvloop

    from aichatdesk.entry.simulate import Wanted, serve_simulation
    from aichatdesk.migration.simulate.simulated_spark import SparkChoice, simulated_spark

    def say(line: str) -> None:
        typer.echo(line, err=True)

    with reported():
        choice = SparkChoice(model, quant, engine, slots, context, thinking, embedding_model)
        servers = simulated_spark(choice, note=lambda said: say(f"note: {said}"))
        wanted = Wanted(text, text_model, vectors, speed, host, port, embedding_port)
        uvloop.run(serve_simulation(servers, wanted, say=say, show=typer.echo))
