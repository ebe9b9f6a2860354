"""The files that set up a DGX Spark for a desk: units, compose, firewall, TLS and the desk's settings, ready to use."""

import ipaddress
import json
import math
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from textwrap import indent
from typing import Literal

from aichatdesk.core.errors import Invalid

# Of the 121 GB that the system shows, 109 may be planned with, and both shares are rounded up.
MOST_MEMORY = 0.905
# What one process takes before it has read any weights is about a gigabyte.
LEAST_MEMORY = 0.02

_TEMPLATES = "deployment_templates"
_COMMON = ("aichatdesk-firewall.service", "firewall.nft", "journald-aichatdesk.conf")
_OF_ENGINE = {
    "vllm": (
        "Caddyfile",
        "aichatdesk-chat.service",
        "aichatdesk-embedding.service",
        "commands.sh",
        "compose.yaml",
        "desk.env",
        "spark.env",
        "tls.sh",
    ),
    "ollama": (
        "Caddyfile",
        "Modelfile",
        "commands.sh",
        "compose.yaml",
        "desk.env",
        "ollama.service.d-aichatdesk.conf",
        "spark.env",
        "tls.sh",
    ),
}
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,199}")
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
# Repositories whose weights come with program text that lies in another one, which an offline server needs as well.
_TEXT_LIES_IN = {
    "nomic-ai/nomic-embed-text-v1": "nomic-ai/nomic-bert-2048",
    "nomic-ai/nomic-embed-text-v1.5": "nomic-ai/nomic-bert-2048",
}
# Where OpenAI's open models take their vocabulary from when they start; a closed network has to have it before.
_VOCABULARIES = "https://openaipublic.blob.core.windows.net/encodings"
_VOCABULARY_FOLDER = "/root/.cache/huggingface/vocabularies"


@dataclass(frozen=True, slots=True)
class Service:
    """One model as it is served.

    `served_name` is what the desk calls it, and where the desk finds the model's family (prefixes, thinking): keep the
    family's name in it. `context_tokens` is for one answer, `slots` how many are written at once. `memory_share` is of
    the whole pool (vLLM only). A flag that begins with `--` may hold its value behind a blank.
    """

    model: str
    served_name: str
    port: int
    context_tokens: int
    slots: int
    memory_share: float
    flags: tuple[str, ...] = ()
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """Both models on one Spark; `desk_address` (IPv4) is the only machine that may reach them."""

    engine: Literal["vllm", "ollama"]
    chat: Service
    embedding: Service
    spark_address: str = "spark.lan"
    desk_address: str = "192.0.2.10"


def deployment_files(deployment: Deployment) -> dict[str, str]:
    """Every file by its name, in alphabetical order; no secret is in them, only the word `CHANGE_ME`.

    Raises:
        Invalid: A name, address, port or number cannot be served, or the two shares do not fit together.
    """
    _check(deployment)
    values = _values(deployment)
    names = dict.fromkeys(_COMMON, "common") | dict.fromkeys(_OF_ENGINE[deployment.engine], deployment.engine)
    folder = resources.files("aichatdesk.migration.plan") / _TEMPLATES
    return {
        name: _filled((folder / names[name] / name).read_text(encoding="utf-8"), values)
        for name in sorted(names)
    }


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], template)


def _check(deployment: Deployment) -> None:
    chat, embedding = deployment.chat, deployment.embedding
    for kind, service in (("chat", chat), ("embedding", embedding)):
        for name in (service.model, service.served_name):
            if not _NAME.fullmatch(name):
                raise Invalid(f"{name!r} cannot be the name of a {kind} model on a server.")
        if not 1 <= service.port <= 65_535:
            raise Invalid(f"{service.port} is no port for the {kind} model.")
        if service.context_tokens < 1 or service.slots < 1:
            raise Invalid(f"The {kind} model needs a context and at least one answer at a time.")
        if any(not flag.isprintable() for flag in service.flags):
            raise Invalid(f"A flag of the {kind} model holds a character that cannot be typed.")
    if not _HOST.fullmatch(deployment.spark_address):
        raise Invalid(f"{deployment.spark_address!r} is neither a host name nor an IPv4 address.")
    try:
        ipaddress.IPv4Address(deployment.desk_address)
    except ValueError as error:
        raise Invalid(
            f"{deployment.desk_address!r} is no IPv4 address; the firewall needs the desk's."
        ) from error
    if deployment.engine == "vllm":
        _check_two_processes(chat, embedding)
    elif chat.port != embedding.port:
        raise Invalid("Ollama serves both models on one port; give both the same.")


def _check_two_processes(chat: Service, embedding: Service) -> None:
    if chat.port == embedding.port:
        raise Invalid("vLLM serves one model for each port; give the two models different ones.")
    for service in (chat, embedding):
        if not LEAST_MEMORY <= service.memory_share < MOST_MEMORY:
            raise Invalid(
                f"{service.memory_share:g} of the memory is no share for {service.model}; give "
                f"{LEAST_MEMORY:g} or more, and both models together less than {MOST_MEMORY:g}."
            )
    if chat.memory_share + embedding.memory_share >= MOST_MEMORY:
        raise Invalid(
            f"The two models take {chat.memory_share + embedding.memory_share:.3f} of the memory together; "
            f"less than {MOST_MEMORY:g} is there for them, the rest is the system's."
        )


def _values(deployment: Deployment) -> dict[str, str]:
    chat, embedding = deployment.chat, deployment.embedding
    spark = deployment.spark_address
    values = {
        "desk_address": deployment.desk_address,
        "spark_host": spark,
        "ports": ", ".join(str(port) for port in sorted({chat.port, embedding.port})),
        "default_sni": "" if spark.strip("0123456789.") else f"\n\tdefault_sni {spark}",
        "dimensions": f"EMBEDDING_DIMENSIONS={embedding.width}" if embedding.width else "",
        "create": _create(chat),
        "warm_chat": json.dumps({"model": chat.served_name}),
        "warm_embedding": json.dumps({"model": embedding.served_name, "input": "warm"}),
    }
    for kind, service in (("chat", chat), ("embedding", embedding)):
        lines = _vllm_arguments(service)
        values |= {
            f"{kind}_model": service.model,
            f"{kind}_name": service.served_name,
            f"{kind}_port": str(service.port),
            f"{kind}_context": str(service.context_tokens),
            f"{kind}_slots": str(service.slots),
            f"{kind}_arguments_systemd": " \\\n    ".join(_joined(line, _for_systemd) for line in lines),
            f"{kind}_arguments_yaml": "\n".join(
                "      - " + _for_compose(word) for line in lines for word in line
            ),
            f"{kind}_env_systemd": "".join(
                f" \\\n    --env {name}={value}" for name, value in _environment(service)
            ),
            f"{kind}_env_yaml": "".join(
                f'\n      {name}: "{value}"' for name, value in _environment(service)
            ),
            f"{kind}_fetches": indent("\n".join(_fetches(service)), "    "),
            f"{kind}_by_hand": " \\\n#         ".join(_joined(line, shlex.quote) for line in lines),
        }
    return values


def _vllm_arguments(service: Service) -> list[list[str]]:
    """What follows `vllm`, an option with its value in each line."""
    # Rounded down, so that two shares that fit together still do.
    share = math.floor(service.memory_share * 1000) / 1000
    return [
        ["serve", service.model],
        ["--served-model-name", service.served_name],
        ["--host", "0.0.0.0", "--port", str(service.port)],  # noqa: S104 - inside the container
        ["--gpu-memory-utilization", f"{share:g}"],
        ["--max-model-len", str(service.context_tokens), "--max-num-seqs", str(service.slots)],
        *(_flag_words(flag) for flag in service.flags),
    ]


def _flag_words(flag: str) -> list[str]:
    try:
        return shlex.split(flag) if flag.startswith("--") else [flag]
    except ValueError as error:
        raise Invalid(f"The flag {flag} has a quotation mark without its other half.") from error


def _joined(words: list[str], quote: Callable[[str], str]) -> str:
    return " ".join(map(quote, words))


def _for_systemd(word: str) -> str:
    if _PLAIN_WORD.fullmatch(word):
        return word
    inner = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{inner}"'


def _for_compose(word: str) -> str:
    return json.dumps(word, ensure_ascii=False).replace("$", "$$")


def _environment(service: Service) -> list[tuple[str, str]]:
    if _takes_openai_vocabulary(service):
        return [("TIKTOKEN_ENCODINGS_BASE", _VOCABULARY_FOLDER)]
    return []


def _takes_openai_vocabulary(service: Service) -> bool:
    return "gpt-oss" in service.model.lower()


def _fetches(service: Service) -> Iterator[str]:
    # Some repositories hold the same weights again in other forms.
    yield f"fetch {service.model} --exclude 'original/*' --exclude 'metal/*' --exclude 'onnx/*'"
    if other := _TEXT_LIES_IN.get(service.model):
        yield (
            f"# {service.model} is read by program text from {other}, which runs in the container\n"
            "# (--trust-remote-code): look at it once. What is here now is what runs later, too.\n"
            f"fetch {other} --include '*.py' --include '*.json'"
        )
    if _takes_openai_vocabulary(service):
        yield (
            "# The vocabulary, which the server would look up when it starts.\n"
            "install -d /var/lib/aichatdesk/huggingface/vocabularies\n"
            "for name in o200k_base cl100k_base; do\n"
            "    curl -fsS --output /var/lib/aichatdesk/huggingface/vocabularies/$name.tiktoken \\\n"
            f"        {_VOCABULARIES}/$name.tiktoken\n"
            "done"
        )


def _create(chat: Service) -> str:
    if chat.served_name == chat.model:
        return "# The model keeps its own name; its context is OLLAMA_CONTEXT_LENGTH."
    return f"ollama create {chat.served_name} --file Modelfile"
