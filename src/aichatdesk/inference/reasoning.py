"""Take a model's spoken-aloud thinking out of its answer, however the tokens are cut."""

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkFilter:
    """Feeds on pieces of text and returns what a visitor may see."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, piece: str) -> str:
        """Return the visible part so far decided; a possible beginning of a tag is held back."""
        self._held += piece
        shown = []
        while True:
            tag = _CLOSE if self._thinking else _OPEN
            before, found, after = self._held.partition(tag)
            if found:
                if not self._thinking:
                    shown.append(before)
                self._held = after
                self._thinking = not self._thinking
                continue
            keep = _overlap(self._held, tag)
            if not self._thinking:
                shown.append(self._held[: len(self._held) - keep])
            self._held = self._held[len(self._held) - keep :] if keep else ""
            return "".join(shown)

    def finish(self) -> str:
        """Return what was held back, unless the model never stopped thinking."""
        rest, self._held = self._held, ""
        return "" if self._thinking else rest


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` begin `tag`."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if tag.startswith(text[-size:]):
            return size
    return 0
