"""The kinds of failure; each surface (HTTP, command line, socket) maps a kind once."""

from typing import ClassVar


class DeskError(Exception):
    """Something we could not do: a kind, one sentence that says what to do, and the facts."""

    kind: ClassVar[str] = "internal"

    def __init__(self, message: str, /, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class Invalid(DeskError):
    """The request itself is wrong; sending it again unchanged cannot help."""

    kind = "invalid"


class Unauthenticated(DeskError):
    """We do not know who is asking."""

    kind = "unauthenticated"


class SessionEnded(Unauthenticated):
    """We know who it was, and their session is over."""


class Forbidden(DeskError):
    """We know who is asking, and they may not."""

    kind = "forbidden"


class NotFound(DeskError):
    """The thing named does not exist, or not for this caller."""

    kind = "not_found"


class Gone(DeskError):
    """The thing existed, and is used up or over."""

    kind = "gone"


class Conflict(DeskError):
    """The thing exists in a state that rules this out."""

    kind = "conflict"


class TooLarge(DeskError):
    """The body or file is over its limit."""

    kind = "too_large"


class Unsupported(DeskError):
    """The kind of file or content is one we do not read."""

    kind = "unsupported"


class UnsupportedMedia(DeskError):
    """The kind of attachment is one we do not take."""

    kind = "unsupported_media"


class TooMany(DeskError):
    """A limit on the rate of requests was reached; `facts["retry_after"]` is in seconds."""

    kind = "too_many"


class Unavailable(DeskError):
    """Something we depend on does not answer now; trying again later may help."""

    kind = "unavailable"


class Misconfigured(DeskError):
    """A setting is wrong; the process should not start with it."""

    kind = "misconfigured"


class Busy(DeskError):
    """Another process holds what we need."""

    kind = "busy"
