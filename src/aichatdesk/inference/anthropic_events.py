"""Read the events of Anthropic's Messages API; what has another shape than agreed is a `ValueError` and nothing else."""

from typing import Any, Literal

from aichatdesk.inference.replies import ChatEvent, as_count, as_object, as_text, read_json

_OUT_OF_ROOM = frozenset({"max_tokens", "model_context_window_exceeded"})
# The model is at work, and it is not its answer.
_NOT_SHOWN = frozenset({"text_delta", "thinking_delta", "input_json_delta"})
_READ_TOKENS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def read_message_event(data: str) -> ChatEvent:
    """Read one event; kinds that are not known say nothing, as the API's description asks for."""
    return _read(data, "text_delta", "text")


def read_call_event(data: str) -> ChatEvent:
    """Read one event of an answer that is given as the call of a tool: what it is called with is the text."""
    return _read(data, "input_json_delta", "partial_json")


def _read(data: str, kind: str, field: str) -> ChatEvent:
    """Read one event whose text comes in deltas of this kind, in this field."""
    event = read_json(data)
    if not isinstance(event, dict):
        raise ValueError("an event is no object")
    match as_text(event.get("type")):
        case "message_start":
            usage = as_object(as_object(event.get("message")).get("usage"))
            return ChatEvent(prompt_tokens=_read_tokens(usage))
        case "content_block_start":
            return ChatEvent(text=as_text(as_object(event.get("content_block")).get(field)))
        case "content_block_delta":
            return _delta(as_object(event.get("delta")), kind, field)
        case "message_delta":
            return _ending(as_object(event.get("delta")), as_object(event.get("usage")))
        case "message_stop":
            return ChatEvent(over=True)
        case "error":
            error = as_object(event.get("error"))
            return ChatEvent(fault=f"{as_text(error.get('type'))}: {as_text(error.get('message'))}")
    return ChatEvent()


def _delta(delta: dict[str, Any], kind: str, field: str) -> ChatEvent:
    found = as_text(delta.get("type"))
    if found == kind:
        return ChatEvent(text=as_text(delta.get(field)))
    return ChatEvent(thinks=found in _NOT_SHOWN)


def _ending(delta: dict[str, Any], usage: dict[str, Any]) -> ChatEvent:
    reason = as_text(delta.get("stop_reason"))
    finished: Literal["stop", "length"] = "length" if reason in _OUT_OF_ROOM else "stop"
    return ChatEvent(
        finished=finished if reason else None,
        prompt_tokens=_read_tokens(usage),
        completion_tokens=as_count(usage.get("output_tokens")),
        declined="it declined to answer (stop_reason refusal)" if reason == "refusal" else "",
    )


def _read_tokens(usage: dict[str, Any]) -> int | None:
    """All that was read for the answer, from a cache or not."""
    counts = [count for name in _READ_TOKENS if (count := as_count(usage.get(name))) is not None]
    return sum(counts) if counts else None
