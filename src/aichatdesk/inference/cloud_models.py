"""What the clouds' chat models refuse, as data.

A request with a field that a model does not know is refused as a whole, so a model whose name is not known here is
asked with as few fields as possible.

Sources: the model pages and API references of OpenAI and Anthropic, as of 2026. Not tried against the services.
"""

from dataclasses import dataclass

from aichatdesk.inference.home_models import least_effort

# Thoughts count as part of the answer and are not shown.
_ROOM_TO_THINK = 4_000


@dataclass(frozen=True, slots=True)
class ChatHabits:
    """What one family of chat models takes beside the prompt.

    Attributes:
        json_schema: It can be kept to a schema, by `response_format` or by a tool that it must call.
        hidden_tokens: Room beside the answer for thoughts that count as part of it.
        effort: Sent as `reasoning_effort`.
    """

    temperature: bool = True
    stop: bool = True
    json_schema: bool = True
    longest_answer: int = 32_768
    hidden_tokens: int = 0
    effort: str = ""


_THINKS = ChatHabits(temperature=False, stop=False, hidden_tokens=_ROOM_TO_THINK, effort="low")
_UNKNOWN_OPENAI = ChatHabits(temperature=False, stop=False, hidden_tokens=_ROOM_TO_THINK)
_OLD_OPENAI = ChatHabits(json_schema=False, longest_answer=4_096)
# A model that always thinks takes no order to call a tool.
_UNKNOWN_ANTHROPIC = ChatHabits(temperature=False, json_schema=False)

# By provider: the first entry that the model's name begins with; "" stands for every other.
_FAMILIES: dict[str, tuple[tuple[str, ChatHabits], ...]] = {
    "openai": (
        ("gpt-4o-2024-05-13", _OLD_OPENAI),
        ("gpt-4o", ChatHabits(longest_answer=16_384)),
        ("chatgpt-4o", ChatHabits(json_schema=False, longest_answer=16_384)),
        ("gpt-4.1", ChatHabits()),
        ("gpt-4.5", ChatHabits(longest_answer=16_384)),
        ("gpt-4", _OLD_OPENAI),
        ("gpt-3.5", _OLD_OPENAI),
        ("gpt-5-chat", _UNKNOWN_OPENAI),
        ("gpt-5-pro", _UNKNOWN_OPENAI),
        ("gpt-5", _THINKS),
        ("o1-mini", _UNKNOWN_OPENAI),
        ("o1-preview", _UNKNOWN_OPENAI),
        ("o1", _THINKS),
        ("o3", _THINKS),
        ("o4", _THINKS),
        ("", _UNKNOWN_OPENAI),
    ),
    "anthropic": (
        ("claude-3-5-", ChatHabits(longest_answer=8_192)),
        ("claude-3-7-", ChatHabits()),
        ("claude-3-", ChatHabits(longest_answer=4_096)),
        *((f"claude-sonnet-4-{version}", ChatHabits()) for version in ("0", "2025", "5", "6")),
        *((f"claude-haiku-4-{version}", ChatHabits()) for version in ("5",)),
        *(
            (f"claude-opus-4-{version}", ChatHabits(longest_answer=32_000))
            for version in ("0", "1", "2025", "5", "6")
        ),
        ("", _UNKNOWN_ANTHROPIC),
    ),
}


def chat_habits(provider: str, model: str) -> ChatHabits:
    """What a model of that provider takes; of one at home, everything is expected."""
    name = model.lower().rpartition("/")[2].removeprefix("ft:")
    families = _FAMILIES.get(provider)
    if families is None:
        return ChatHabits(effort=least_effort(provider, model))
    return next(habits for start, habits in families if name.startswith(start))
