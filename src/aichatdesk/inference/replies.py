"""Read what a server answered; what has another shape than agreed is a `ValueError` and nothing else."""

import json
from dataclasses import dataclass
from typing import Any, Literal

# No prompt and no answer has as many; a number of hundreds of digits could not even be reckoned with.
_MOST_TOKENS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ChatEvent:
    """What one event of a chat stream says.

    Attributes:
        thinks: It holds thoughts that the server keeps apart from the text.
        declined: Why the model will not answer.
        fault: What the server says went wrong with it.
        over: Nothing follows it.
    """

    text: str = ""
    thinks: bool = False
    finished: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    declined: str = ""
    fault: str = ""
    over: bool = False

    @property
    def is_progress(self) -> bool:
        """Whether the model did something; pings and empty events do not count."""
        return bool(self.text or self.thinks or self.finished)


def read_json(data: str | bytes) -> Any:
    """Read JSON; too deep a nesting is a `ValueError` like any other fault in it."""
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_chat_event(data: str) -> ChatEvent:
    """Read one event of an OpenAI-compatible server; fields may be missing or null, but not of another type."""
    if data.strip() == "[DONE]":
        return ChatEvent(over=True)
    event = read_json(data)
    if not isinstance(event, dict):
        raise ValueError("an event is no object")
    if fault := event.get("error"):
        return ChatEvent(fault=str(fault))
    choices = event.get("choices") or []
    if not isinstance(choices, list):
        raise ValueError("choices is no list")
    choice = as_object(choices[0]) if choices else {}
    delta, usage = as_object(choice.get("delta")), as_object(event.get("usage"))
    reason = as_text(choice.get("finish_reason"))
    withheld = "its answer was withheld (content_filter)" if reason == "content_filter" else ""
    return ChatEvent(
        text=as_text(delta.get("content")),
        thinks=bool(delta.get("reasoning_content") or delta.get("reasoning")),
        finished=("length" if reason == "length" else "stop") if reason else None,
        prompt_tokens=as_count(usage.get("prompt_tokens")),
        completion_tokens=as_count(usage.get("completion_tokens")),
        declined=withheld or as_text(delta.get("refusal")),
    )


def read_token_count(answer: object) -> int:
    """How many tokens a server found in a text."""
    tokens = answer.get("tokens") if isinstance(answer, dict) else None
    if not isinstance(tokens, list):
        raise ValueError("no list of tokens")
    return len(tokens)


def as_object(value: object) -> dict[str, Any]:
    """An object; null is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} where an object was expected")
    return value


def as_text(value: object) -> str:
    """A text that can be written as UTF-8; null is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} where a text was expected")
    return _whole(value)


def as_count(value: object) -> int | None:
    """A number of tokens that may be true; anything else was not told."""
    return value if type(value) is int and 0 <= value < _MOST_TOKENS else None


def _whole(text: str) -> str:
    """Half a surrogate pair, which JSON can write and UTF-8 cannot, becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
