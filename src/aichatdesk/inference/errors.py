"""What can go wrong with a model, in the few kinds that callers treat differently."""

import math
from datetime import timedelta
from typing import ClassVar

from aichatdesk.core.errors import Invalid, Misconfigured, TooMany, Unavailable


class ModelUnavailable(Unavailable):
    """The endpoint does not answer, broke off, or answered what no model would."""

    fault: ClassVar[str] = "does not answer"

    def __init__(self, endpoint: str, reason: str, *, retriable: bool = True, **facts: object) -> None:
        super().__init__(f"The model at {endpoint} {self.fault}: {reason}", **facts)
        self.endpoint = endpoint
        self.retriable = retriable


class ModelOverloaded(ModelUnavailable):
    """The endpoint says that it has too much to do."""

    def __init__(self, endpoint: str, retry_after: timedelta | None) -> None:
        super().__init__(endpoint, "it has too many requests")
        self.retry_after = retry_after
        if retry_after:
            self.facts["retry_after"] = math.ceil(retry_after.total_seconds())


class WrongWidth(ModelUnavailable):
    """The embedding model gave vectors of another width than the index has."""

    fault = "cannot be used"

    def __init__(self, endpoint: str, expected: int, seen: int) -> None:
        super().__init__(
            endpoint,
            f"it gave {seen} numbers for a text, where {expected} were expected; "
            "check EMBEDDING_MODEL and EMBEDDING_DIMENSIONS. Nothing was stored.",
            retriable=False,
            expected=expected,
            seen=seen,
        )


class UnusableVector(ModelUnavailable):
    """A vector with no direction: no numbers, not finite, or all zeros."""

    fault = "cannot be used"

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            endpoint, "it gave a vector that is zero, not finite or not made of numbers", retriable=False
        )


class ContextTooLong(Invalid):
    """Prompt and answer together are longer than the model's context."""

    def __init__(self, endpoint: str, detail: str) -> None:
        super().__init__(f"The prompt is too long for the model at {endpoint}: {detail}")


class ModelRejected(Invalid):
    """The endpoint understood the request and refuses it; sending it again cannot help."""

    def __init__(self, endpoint: str, status: int, detail: str) -> None:
        super().__init__(f"The model at {endpoint} refused the request ({status}): {detail}")
        self.status = status


class UnusableKey(Misconfigured):
    """An API key that no HTTP header can carry; the error does not tell it."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"The API key for the model at {endpoint} holds a space, a line break or another character that "
            "cannot be sent; correct LLM_API_KEY, EMBEDDING_API_KEY, CLAUDE_API_KEY or OPENAI_API_KEY."
        )


class UnusableAddress(Misconfigured):
    """A base URL that cannot be asked; the error does not tell it, for it may hold a password."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"A model's address is no URL ({reason}); correct LLM_BASE_URL, EMBEDDING_BASE_URL, CLAUDE_BASE_URL "
            "or OPENAI_BASE_URL."
        )


class QueueFull(TooMany):
    """More requests wait for the model than it could ever serve in time."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} requests already wait for the model.", retry_after=5)
