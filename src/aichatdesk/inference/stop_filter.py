"""End an answer at a stop sequence on our side, for models that take none."""

from collections.abc import Sequence

from aichatdesk.inference.reasoning import overlap


class StopFilter:
    """Feeds on pieces of text and returns what comes before the first stop."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.stopped = False

    def feed(self, piece: str) -> str:
        """Return the part so far decided; a possible beginning of a stop is held back."""
        if self.stopped:
            return ""
        self._held += piece
        # The stop that is whole first ends the answer, as it would at a server.
        if found := [(at + len(stop), at) for stop in self._stops if (at := self._held.find(stop)) >= 0]:
            self.stopped = True
            before, self._held = self._held[: min(found)[1]], ""
            return before
        keep = max((overlap(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown

    def finish(self) -> str:
        """Return what was held back and turned out to be no stop."""
        rest, self._held = self._held, ""
        return rest
