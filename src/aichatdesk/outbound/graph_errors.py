"""What can go wrong between the desk and Microsoft Graph."""

import math
from datetime import timedelta

from aichatdesk.core.errors import Unavailable

_LONGEST_WAIT = timedelta(hours=1)
# A visitor waits.
_LONGEST_PAUSE = timedelta(seconds=2)
_MENDABLE = frozenset({0, 401, 403, 408, 409, 423, 425, 429})


class GraphError(Unavailable):
    """Graph did not do what was asked, or did not say that it did; the message is for the desk's owner.

    Attributes:
        status: The HTTP status, 0 if there was no answer; 401 also where signing in failed.
        maybe_done: It may have been done all the same: the answer was lost, not the request.
        after: How long Graph asked to be left alone, an hour at most.
    """

    def __init__(self, message: str, *, status: int = 0, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.after = min(after, _LONGEST_WAIT) if after is not None else None
        self.maybe_done = False
        if self.after is not None:
            self.facts["retry_after"] = math.ceil(self.after.total_seconds())

    @property
    def again_at_once(self) -> bool:
        """Whether the next moment may bring another answer."""
        hurried = self.after is None or self.after <= _LONGEST_PAUSE
        return hurried and (self.status in {0, 408, 429} or self.status >= 500)

    @property
    def passing(self) -> bool:
        """Whether the same request may be taken later: when Graph is well again, or a secret or right is mended."""
        return self.status in _MENDABLE or self.status >= 500
