"""Read a model's habits off its chat template, without running it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from aichatdesk.inference.catalogue.found_model import TemplateTraits
from aichatdesk.inference.catalogue.read_bounded import open_regular, read_json_if_there

_LARGEST = 2**23
_ALTERNATION = re.compile(r"roles must alternate", re.IGNORECASE)
_NO_SYSTEM = re.compile(r"system (role|message|prompt)s? (is |are )?not supported", re.IGNORECASE)
_SWITCH = re.compile(r"enable_thinking|thinking is defined|\{%-?\s*if thinking\b|thinking_budget")
_ALWAYS = re.compile(r"reasoning_effort|<\|channel\|>\s*analysis|<think>|\[THINK\]")


def template_traits(template: str) -> tuple[TemplateTraits, list[str]]:
    """The traits, and sentences on those that the text leaves open."""
    if not template.strip():
        return TemplateTraits(), [
            "There is no chat template; whether the model thinks, takes a system prompt or wants strict turns is not known."
        ]
    assumed = []
    thinks: Literal["never", "optional", "always"] = "never"
    if _SWITCH.search(template):
        thinks = "optional"
    elif _ALWAYS.search(template):
        thinks = "always"
    elif "</think>" in template:
        thinks = "optional"
        assumed.append(
            "The chat template removes `</think>` from earlier answers; thinking was taken as optional."
        )
    # A template that copies each turn's role takes a system turn without naming it.
    takes_system = "system" in template.lower() or bool(
        re.search(r"message\.role|\[['\"]role['\"]\]", template)
    )
    return (
        TemplateTraits(
            thinks=thinks,
            strict_alternation=bool(_ALTERNATION.search(template)),
            system_prompt=takes_system and not _NO_SYSTEM.search(template),
        ),
        assumed,
    )


def template_beside(folder: Path) -> str:
    """The chat template in a folder: `chat_template.jinja`, `chat_template.json` or `tokenizer_config.json`."""
    plain = folder / "chat_template.jinja"
    if plain.is_file():
        with open_regular(plain) as file:
            return file.read(_LARGEST).decode(errors="replace")
    for name in ("chat_template.json", "tokenizer_config.json"):
        values = read_json_if_there(folder / name, limit=_LARGEST)
        if values and (template := _template_in(values)):
            return template
    return ""


def _template_in(values: Mapping[str, Any]) -> str:
    found = values.get("chat_template")
    if isinstance(found, list):
        named = {item.get("name"): item.get("template") for item in found if isinstance(item, dict)}
        found = named.get("default") or next(iter(named.values()), None)
    return found if isinstance(found, str) else ""
