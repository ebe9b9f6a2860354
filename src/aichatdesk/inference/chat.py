"""What the rooms above see of a chat model."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One message of the prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of visible text; a model's spoken-aloud thinking never becomes one."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer; counts are None where the server does not tell them."""

    reason: Literal["stop", "length"]
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatModel(Protocol):
    """Streams one completion; closing the iterator closes the request at once."""

    @property
    def name(self) -> str: ...

    def stream(
        self,
        turns: Sequence[ChatTurn],
        *,
        answer_tokens: int,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        json_schema: Mapping[str, object] | None = None,
    ) -> AsyncGenerator[Token | Finished, None]:
        """Yield tokens and then exactly one `Finished`.

        A server may not know how to keep a model to a `json_schema`; the caller checks the answer.

        Raises:
            ModelUnavailable: No answer, or it broke off (tokens already given stay good).
            ModelOverloaded: The server asks for patience beyond our budget.
            ContextTooLong: Prompt and answer do not fit.
            ModelRejected: The request is refused for good.
        """
        ...

    async def count_tokens(self, text: str) -> int:
        """How long `text` is for this model; an estimate where the server cannot tell."""
        ...


def merge_turns(turns: Sequence[ChatTurn]) -> list[ChatTurn]:
    """Join neighbours of one role and drop assistant turns before the first user turn.

    Chat templates of several families refuse anything else.
    """
    merged: list[ChatTurn] = []
    for turn in turns:
        if not turn.content.strip():
            continue
        if turn.role == "assistant" and not any(seen.role == "user" for seen in merged):
            continue
        if merged and merged[-1].role == turn.role:
            merged[-1] = ChatTurn(turn.role, merged[-1].content + "\n\n" + turn.content)
        else:
            merged.append(turn)
    return merged


def ask_for_json(turns: Sequence[ChatTurn], schema: Mapping[str, object]) -> list[ChatTurn]:
    """The turns with the schema told in words, for servers that cannot keep a model to it."""
    order = (
        f"Answer with one JSON object that follows this schema, and with nothing else: {json.dumps(schema)}"
    )
    orders = [turn.content for turn in turns if turn.role == "system"]
    return [
        ChatTurn("system", "\n\n".join([*orders, order])),
        *(turn for turn in turns if turn.role != "system"),
    ]
