"""What can go wrong with a model, in the few kinds that callers treat differently."""

from datetime import timedelta

from aichatdesk.core.errors import Invalid, Misconfigured, TooMany, Unavailable


class ModelUnavailable(Unavailable):
    """The endpoint does not answer, or broke off."""

    def __init__(self, endpoint: str, reason: str, *, retriable: bool = True) -> None:
        super().__init__(f"The model at {endpoint} does not answer: {reason}")
        self.endpoint = endpoint
        self.retriable = retriable


class ModelOverloaded(ModelUnavailable):
    """The endpoint says that it has too much to do."""

    def __init__(self, endpoint: str, retry_after: timedelta | None) -> None:
        super().__init__(endpoint, "it has too many requests")
        self.retry_after = retry_after


class ContextTooLong(Invalid):
    """Prompt and answer together are longer than the model's context."""

    def __init__(self, endpoint: str, detail: str) -> None:
        super().__init__(f"The prompt is too long for the model at {endpoint}: {detail}")


class ModelRejected(Invalid):
    """The endpoint understood the request and refuses it; sending it again cannot help."""

    def __init__(self, endpoint: str, status: int, detail: str) -> None:
        super().__init__(f"The model at {endpoint} refused the request ({status}): {detail}")
        self.status = status


class WrongWidth(Misconfigured):
    """The embedding model gave vectors of another width than the index has."""

    def __init__(self, endpoint: str, expected: int, seen: int) -> None:
        super().__init__(
            f"The embedding model at {endpoint} gave {seen} numbers for a text, where {expected} were expected; "
            "check EMBEDDING_MODEL and EMBEDDING_DIMENSIONS. Nothing was stored."
        )
        self.expected = expected
        self.seen = seen


class UnusableVector(Misconfigured):
    """A vector with no direction: not a number, infinite, or all zeros."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"The embedding model at {endpoint} gave a vector that is zero or not finite.")


class QueueFull(TooMany):
    """More requests wait for the model than it could ever serve in time."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} requests already wait for the model.", retry_after=5)
