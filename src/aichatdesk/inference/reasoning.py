"""Take a model's spoken-aloud thinking out of its answer, however the tokens are cut."""

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkFilter:
    """Feeds on pieces of text and returns what a visitor may see.

    With `opened`, the prompt's template has opened the tag already: all up to its end is thought. Should no
    tag ever come, the text was an answer without thoughts.
    """

    def __init__(self, *, opened: bool = False) -> None:
        self._held = ""
        self._thinking = opened
        # All the text, as long as it may yet turn out to hold no thoughts.
        self._unsure: str | None = "" if opened else None

    def feed(self, piece: str) -> str:
        """Return the visible part so far decided; a possible beginning of a tag is held back."""
        if self._unsure is not None:
            self._unsure += piece
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
                self._unsure = None
                continue
            keep = overlap(self._held, tag)
            if not self._thinking:
                shown.append(self._held[: len(self._held) - keep])
            self._held = self._held[len(self._held) - keep :] if keep else ""
            return "".join(shown)

    def finish(self, *, cut_off: bool = False) -> str:
        """Return what was held back, unless the model never stopped thinking.

        Args:
            cut_off: The model ran out of room, maybe before its thoughts ended.
        """
        rest, self._held = self._held, ""
        if not self._thinking:
            return rest
        unsure = self._unsure or ""
        return "" if cut_off or _OPEN in unsure else unsure


def overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` begin `tag`."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if tag.startswith(text[-size:]):
            return size
    return 0
