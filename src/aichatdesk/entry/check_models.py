"""What is wrong or worth telling with the settings of the models."""

import difflib
from collections.abc import Mapping
from urllib.parse import urlsplit

from aichatdesk.entry.model_settings import (
    ChatSettings,
    ChosenModels,
    EmbeddingSettings,
    provider_of,
    vendor_at,
)
from aichatdesk.entry.setting_kinds import LOOPBACK, without_password
from aichatdesk.inference.profiles import embedding_profile, provider_names, provider_profile

_CLOUDS = {"LLM": ("openai", "anthropic"), "EMBEDDING": ("openai",)}
_OLD_KEYS = {"LLM": "CLAUDE_API_KEY", "EMBEDDING": "OPENAI_API_KEY"}


def contradictions_of_models(given: Mapping[str, object]) -> list[str]:
    """Names that cannot stand as they are."""
    problems = []
    for kind, clouds in _CLOUDS.items():
        provider = provider_profile(str(given.get(f"{kind}_PROVIDER", ""))).name
        model, address = given.get(f"{kind}_MODEL"), given.get(f"{kind}_BASE_URL")
        if address and not model:
            problems.append(f"{kind}_MODEL is missing: name the model that {kind}_BASE_URL serves.")
        if kind == "LLM" and provider == "openai" and not address and not model:
            problems.append("LLM_MODEL is missing: name the model of OpenAI that answers.")
        if kind == "EMBEDDING" and provider == "anthropic":
            problems.append("EMBEDDING_PROVIDER: Anthropic has no embedding models; name another.")
        elif not address and provider not in clouds:
            problems += _nowhere(kind, given)
    return problems


def _nowhere(kind: str, given: Mapping[str, object]) -> list[str]:
    """What belongs to a server, and no server is named."""
    if given.get(f"{kind}_MODEL"):
        return [f"{kind}_BASE_URL is missing: say where {kind}_MODEL is served."]
    # With a key for a cloud, a forgotten address would send to the cloud what was meant to stay.
    key = _OLD_KEYS[kind]
    named = [name for name in (f"{kind}_PROVIDER", f"{kind}_API_KEY") if given.get(name)]
    if named and given.get(key):
        return [f"{kind}_BASE_URL is missing: say where the server is, or remove {named[0]} to use {key}."]
    return []


def missing_models(chosen: ChosenModels, given: frozenset[str]) -> list[str]:
    """What a desk needs and nobody has named."""
    missing = []
    if not chosen.chat.base_url:
        missing.append("LLM_BASE_URL is missing: say where the model is served, or run `aichatdesk demo`.")
        if "CLAUDE_MODEL" in given:
            missing.append("CLAUDE_API_KEY is missing: CLAUDE_MODEL means nothing without it.")
        elif chosen.embedding.base_url and provider_of(chosen.embedding) == "openai":
            missing[-1] += " To chat with OpenAI too, set LLM_PROVIDER=openai and LLM_MODEL."
    if not chosen.embedding.base_url:
        missing.append(
            "EMBEDDING_BASE_URL is missing: say where the model is served, or run `aichatdesk demo`."
        )
        if provider_of(chosen.chat) == "anthropic":
            missing[-1] += " Anthropic has no embedding models; with OPENAI_API_KEY, OpenAI's are used."
    for kind, live in (("LLM", chosen.chat), ("EMBEDDING", chosen.embedding)):
        if vendor_at(live.base_url) and not live.api_key.get_secret_value():
            missing.append(f"{kind}_API_KEY is missing: {live.base_url} answers nobody without a key.")
    width, own = chosen.embedding.dimensions, embedding_profile(chosen.embedding.model)
    if own.shortens and own.width and width and width > own.width:
        missing.append(f"EMBEDDING_DIMENSIONS: {own.model} gives {own.width} numbers at most, not {width}.")
    return missing


def notices_of_models(chosen: ChosenModels, given: Mapping[str, object]) -> list[str]:
    """What the owner should know: what leaves the building, what is kept, and names that look wrong."""
    notices = []
    for name, kind, live in (("chat", "LLM", chosen.chat), ("embedding", "EMBEDDING", chosen.embedding)):
        if name in chosen.by_old_names:
            notices.append(
                f"{_OLD_KEYS[kind]} is set and {kind}_BASE_URL is not: {_WHAT[kind]} {_place(live)}."
            )
    for kind, kept in (("LLM", chosen.kept_chat), ("EMBEDDING", chosen.kept_embedding)):
        if kept:
            notices.append(
                f"{_OLD_KEYS[kind]} is kept for a comparison and for going back: {_place(kept)} is not called."
            )
    for one in (chosen.chat, chosen.embedding, chosen.kept_chat, chosen.kept_embedding):
        if one and provider_of(one) in _CLOUDS["LLM"] and _is_open(one):
            notices.append(
                f"{without_password(one.base_url)} is not encrypted: others on the way can read along."
            )
    for kind in _CLOUDS:
        name = str(given.get(f"{kind}_PROVIDER", ""))
        if name and name.lower() not in provider_names():
            nearest = difflib.get_close_matches(name.lower(), provider_names(), n=1, cutoff=0.6)
            hint = f"; did you mean {nearest[0]}?" if nearest else "."
            notices.append(
                f"{kind}_PROVIDER: {name} is not known and taken for a plain OpenAI-compatible server{hint}"
            )
    return notices


_WHAT = {
    "LLM": "questions, chats and passages are sent to",
    "EMBEDDING": "questions and documents are sent to",
}


def _place(settings: ChatSettings | EmbeddingSettings) -> str:
    return f"{settings.model} at {without_password(settings.base_url)}"


def _is_open(settings: ChatSettings | EmbeddingSettings) -> bool:
    address = urlsplit(settings.base_url)
    return address.scheme == "http" and address.hostname not in LOOPBACK
