"""Which server answers at an address, told by the routes that only it has."""

from dataclasses import dataclass

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL
from aichatdesk.inference.local.weights import CHAT_MODEL
from aichatdesk.inference.replies import as_count
from aichatdesk.migration.verify.raw import RawEndpoint, Reply

_PACKAGED = frozenset({CHAT_MODEL, EMBEDDING_MODEL})


@dataclass(frozen=True, slots=True)
class ServerKind:
    """What a server says of itself.

    Attributes:
        provider: Its name among the profiles of `inference/profiles.py`; "" where it is none we know.
        window: Tokens beyond which it refuses a request, where it tells them.
    """

    provider: str = ""
    version: str = ""
    models: tuple[str, ...] | None = None
    window: int | None = None


async def find_kind(raw: RawEndpoint, listing: Reply, model: str) -> ServerKind:
    """Look for the routes of vLLM, llama.cpp and Ollama; nothing of it is required."""
    models, window = _listed(listing, model)
    if not _others(listing) and (version := await _text(raw, "/version", "version")):
        return ServerKind("vllm", version, models, window)
    if version := await _text(raw, "/api/version", "version"):
        return ServerKind("ollama", version, models)
    if model in _PACKAGED and models == (model,):
        return ServerKind("local", "", models, window or await _llamacpp_window(raw))
    if llamacpp := await _llamacpp_window(raw):
        return ServerKind("llamacpp", "", models, llamacpp)
    return ServerKind("", "", models, window)


def _listed(listing: Reply, model: str) -> tuple[tuple[str, ...] | None, int | None]:
    """The names on the list of models, and the longest prompt of ours if it is said there."""
    body = listing.json() if listing.is_success else None
    entries = body.get("data") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return None, None
    named = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    lengths = [entry.get("max_model_len") for entry in named if entry["id"] == model]
    window = next((length for length in map(as_count, lengths) if length), None)
    return tuple(entry["id"] for entry in named), window


def _others(listing: Reply) -> bool:
    """Whether the list names an owner that is not vLLM; other servers have a `/version` too."""
    body = listing.json() if listing.is_success else None
    entries = body.get("data") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return False
    owners = [entry.get("owned_by") for entry in entries if isinstance(entry, dict)]
    return any(owners) and "vllm" not in owners


async def _llamacpp_window(raw: RawEndpoint) -> int | None:
    props = await _object(raw, "/props")
    settings = props.get("default_generation_settings")
    window = settings.get("n_ctx") if isinstance(settings, dict) else None
    return as_count(window) or None


async def ollama_window(raw: RawEndpoint, model: str) -> int | None:
    """Of a model that is loaded; Ollama tells no window before."""
    loaded = (await _object(raw, "/api/ps")).get("models")
    for entry in loaded if isinstance(loaded, list) else []:
        names = [entry.get("name"), entry.get("model")] if isinstance(entry, dict) else []
        if (model in names or f"{model}:latest" in names) and (
            window := as_count(entry.get("context_length"))
        ):
            return window
    return None


async def _text(raw: RawEndpoint, path: str, name: str) -> str:
    value = (await _object(raw, path)).get(name)
    return value if isinstance(value, str) else ""


async def _object(raw: RawEndpoint, path: str) -> dict[str, object]:
    try:
        reply = await raw.get(raw.root + path, seconds=3)
    except Unavailable:
        return {}
    body = reply.json() if reply.is_success else None
    return body if isinstance(body, dict) else {}
