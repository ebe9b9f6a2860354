"""The files that set up a Spark fit together, whatever the models are called, and hold no secret."""

import http.server
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from aichatdesk.core.errors import Invalid
from aichatdesk.entry.settings import ConfigurationProblems, load_settings
from aichatdesk.migration.plan.deployment import MOST_MEMORY, Deployment, Service, deployment_files

ROOT = Path(__file__).resolve().parents[2]
CHAT = Service(
    "org/chat-model",
    "chat-model",
    8000,
    8192,
    12,
    0.55,
    ("--reasoning-parser deepseek_r1", "--enable-prefix-caching"),
)
EMBEDDING = Service(
    "org/nomic-embed",
    "nomic-embed",
    8001,
    2048,
    64,
    0.05,
    ("--runner pooling", "--trust-remote-code"),
    width=768,
)
VLLM = Deployment("vllm", CHAT, EMBEDDING, spark_address="10.1.2.3", desk_address="10.1.2.4")
OLLAMA = Deployment(
    "ollama", replace(CHAT, port=11434), replace(EMBEDDING, port=11434), spark_address="spark.example"
)
BOTH = pytest.mark.parametrize("deployment", [VLLM, OLLAMA], ids=["vllm", "ollama"])


def served_by_unit(text: str) -> list[str]:
    """The words of ExecStart from `vllm` on, as systemd reads them."""
    command = text.replace("\\\n", " ").split("ExecStart=", 1)[1].splitlines()[0]
    words = shlex.split(command.replace("$$", "$").replace("%%", "%"))
    return words[words.index("serve") :]


def served_by_compose(text: str, service: str) -> list[str]:
    """The words of the command, as compose passes them on."""
    return [word.replace("$$", "$") for word in yaml.safe_load(text)["services"][service]["command"]]


def settings_of(text: str, tmp_path: Path) -> object:
    (tmp_path / "desk.env").write_text(text)
    return load_settings({}, env_file=tmp_path / "desk.env")


def test_the_files_in_the_repository_are_what_the_planner_writes() -> None:
    done = subprocess.run(
        [str(ROOT / ".venv/bin/python"), str(ROOT / "tools/make_deploy_files.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_unit_and_compose_serve_the_same_models_in_the_same_way() -> None:
    files = deployment_files(VLLM)
    for kind, service in (("chat", CHAT), ("embedding", EMBEDDING)):
        by_unit = served_by_unit(files[f"aichatdesk-{kind}.service"])
        assert by_unit == served_by_compose(files["compose.yaml"], kind)
        options = dict(pairwise(by_unit))
        assert by_unit[:2] == ["serve", service.model]
        assert options["--served-model-name"] == service.served_name
        assert options["--port"] == str(service.port)
        assert float(options["--gpu-memory-utilization"]) == service.memory_share
        assert options["--max-model-len"] == str(service.context_tokens)
        assert options["--max-num-seqs"] == str(service.slots)
        assert "--enforce-eager" not in by_unit
    assert "--reasoning-parser" in served_by_unit(files["aichatdesk-chat.service"])
    assert "--trust-remote-code" not in served_by_unit(files["aichatdesk-chat.service"])


@BOTH
def test_the_desk_calls_the_ports_and_names_that_are_served_and_guarded(
    deployment: Deployment, tmp_path: Path
) -> None:
    files = deployment_files(deployment)
    desk = dotenv_values(stream=open_text(files["desk.env"], tmp_path))
    for prefix, service in (("LLM", deployment.chat), ("EMBEDDING", deployment.embedding)):
        assert desk[f"{prefix}_BASE_URL"] == f"http://{deployment.spark_address}:{service.port}/v1"
        assert desk[f"{prefix}_MODEL"] == service.served_name
        assert desk[f"{prefix}_PROVIDER"] == deployment.engine
        assert f"https://{deployment.spark_address}:{service.port} {{" in files["Caddyfile"]
    assert desk["EMBEDDING_DIMENSIONS"] == "768"
    guarded = {
        int(port)
        for ports in re.findall(r"dport \{ ([\d, ]+) \}", files["firewall.nft"])
        for port in ports.split(",")
    }
    assert guarded == {deployment.chat.port, deployment.embedding.port}
    assert f"elements = {{ {deployment.desk_address} }}" in files["firewall.nft"]
    published = [
        port for one in yaml.safe_load(files["compose.yaml"])["services"].values() for port in one["ports"]
    ]
    assert {int(port.rsplit(":", 1)[1]) for port in published} == guarded
    assert all(port.startswith("${LISTEN_ADDRESS:?") for port in published)


def open_text(text: str, folder: Path):
    (folder / "read.env").write_text(text)
    return (folder / "read.env").open()


def test_ollama_keeps_both_models_with_the_context_and_the_slots_that_were_asked_for() -> None:
    files = deployment_files(OLLAMA)
    unit = dict(
        re.findall(
            r'^Environment="(OLLAMA_\w+)=(.*)"$', files["ollama.service.d-aichatdesk.conf"], re.MULTILINE
        )
    )
    compose = yaml.safe_load(files["compose.yaml"])["services"]["ollama"]["environment"]
    assert unit.pop("OLLAMA_HOST") == "CHANGE_ME:11434"  # not every address of the machine
    compose.pop("OLLAMA_HOST")
    assert unit == compose
    assert (unit["OLLAMA_NUM_PARALLEL"], unit["OLLAMA_CONTEXT_LENGTH"]) == ("12", "8192")
    assert files["Modelfile"].splitlines()[1:] == ["FROM org/chat-model", "PARAMETER num_ctx 8192"]


@BOTH
def test_no_file_holds_a_secret(deployment: Deployment) -> None:
    for name, text in deployment_files(deployment).items():
        given_values = re.findall(r"^#?(\w*(?:KEY|TOKEN(?!S)|PASSWORD|SECRET)\w*)=(.*)$", text, re.MULTILINE)
        assert [(name, key, value) for key, value in given_values if value != "CHANGE_ME"] == [
            (name, key, value) for key, value in given_values if value.startswith("$(")
        ]


def test_settings_with_a_placeholder_are_refused_and_filled_in_they_are_sound(tmp_path: Path) -> None:
    text = deployment_files(VLLM)["desk.env"]
    with pytest.raises(ConfigurationProblems) as caught:
        settings_of(text, tmp_path)
    assert [problem.split()[0] for problem in caught.value.problems] == ["LLM_API_KEY", "EMBEDDING_API_KEY"]
    settings_of(text.replace("CHANGE_ME", "k" * 64), tmp_path)
    settings_of(deployment_files(OLLAMA)["desk.env"], tmp_path)


@settings(deadline=None)
@given(chat=st.floats(-0.2, 1.2), embedding=st.floats(-0.2, 1.2))
def test_two_processes_never_ask_for_more_memory_than_there_is(chat: float, embedding: float) -> None:
    deployment = replace(
        VLLM, chat=replace(CHAT, memory_share=chat), embedding=replace(EMBEDDING, memory_share=embedding)
    )
    try:
        files = deployment_files(deployment)
    except Invalid:
        assert chat + embedding >= MOST_MEMORY or min(chat, embedding) < 0.02
        return
    shares = [
        float(words[words.index("--gpu-memory-utilization") + 1])
        for kind in ("chat", "embedding")
        for words in [served_by_unit(files[f"aichatdesk-{kind}.service"])]
    ]
    assert min(shares) >= 0.02
    assert sum(shares) < MOST_MEMORY


_HOSTILE = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\"'\\$%;{}` "),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(word=_HOSTILE)
def test_the_value_of_a_flag_reaches_the_server_as_it_was_given(word: str) -> None:
    value = json.dumps({"rule": word}, ensure_ascii=False)
    chat = replace(CHAT, flags=("--hf-overrides", value))
    if not value.isprintable():
        with pytest.raises(Invalid):
            deployment_files(replace(VLLM, chat=chat))
        return
    files = deployment_files(replace(VLLM, chat=chat))
    assert served_by_unit(files["aichatdesk-chat.service"])[-1] == value
    assert served_by_compose(files["compose.yaml"], "chat")[-1] == value


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"chat": replace(CHAT, model="m; rm -rf /")}, "name"),
        ({"chat": replace(CHAT, served_name="a\nExecStartPre=/bin/evil")}, "name"),
        ({"chat": replace(CHAT, model="--config")}, "name"),
        ({"chat": replace(CHAT, flags=("--a\nb",))}, "flag"),
        ({"chat": replace(CHAT, flags=("--a 'b",))}, "quotation"),
        ({"chat": replace(CHAT, port=0)}, "port"),
        ({"chat": replace(CHAT, port=8001)}, "different"),
        ({"chat": replace(CHAT, slots=0)}, "at a time"),
        ({"desk_address": "desk.lan"}, "IPv4"),
        ({"desk_address": "10.0.0.1 } accept"}, "IPv4"),
        ({"spark_address": "spark.lan/evil"}, "host name"),
        ({"spark_address": "spark\n"}, "host name"),
        ({"engine": "ollama"}, "one port"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_reason(change: dict[str, object], word: str) -> None:
    with pytest.raises(Invalid, match=word):
        deployment_files(replace(VLLM, **change))


@pytest.fixture
def taken_port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_model_does_not_start_on_a_port_where_another_server_would_answer_in_its_place(taken_port: int):
    with socket.create_server(("127.0.0.1", 0)) as held:
        free_port = held.getsockname()[1]
    for port, expected in ((taken_port, 1), (free_port, 0)):
        on_vllm = replace(VLLM, chat=replace(CHAT, port=port))
        on_ollama = replace(
            OLLAMA, chat=replace(OLLAMA.chat, port=port), embedding=replace(OLLAMA.embedding, port=port)
        )
        for unit in (
            deployment_files(on_vllm)["aichatdesk-chat.service"],
            deployment_files(on_ollama)["ollama.service.d-aichatdesk.conf"],
        ):
            (check,) = re.findall(r"^ExecStartPre=/bin/sh -c '(.*in use.*)'$", unit, re.MULTILINE)
            done = subprocess.run(
                ["/bin/sh", "-c", check.replace("$$", "$")],
                env={
                    "PATH": os.environ["PATH"],
                    "LISTEN_ADDRESS": "127.0.0.1",
                    "OLLAMA_HOST": f"127.0.0.1:{port}",
                },
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            assert done.returncode == expected
            assert ("in use by another program" in done.stderr) == bool(expected)


def test_an_open_model_of_openai_gets_its_vocabulary_before_the_network_is_closed() -> None:
    files = deployment_files(replace(VLLM, chat=replace(CHAT, model="openai/gpt-oss-20b")))
    assert "TIKTOKEN_ENCODINGS_BASE=/root" in files["aichatdesk-chat.service"]
    assert (
        "TIKTOKEN_ENCODINGS_BASE" in yaml.safe_load(files["compose.yaml"])["services"]["chat"]["environment"]
    )
    assert "TIKTOKEN" not in files["aichatdesk-embedding.service"]
    assert "o200k_base" in files["commands.sh"]


@BOTH
def test_scripts_are_sound_for_any_models(deployment: Deployment, tmp_path: Path) -> None:
    for name, text in deployment_files(deployment).items():
        assert "{{" not in text, name
        if name.endswith(".sh"):
            (tmp_path / name).write_text(text)
            subprocess.run(["bash", "-n", str(tmp_path / name)], check=True, timeout=60)
