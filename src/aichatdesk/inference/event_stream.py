"""Server-sent events as OpenAI-compatible servers send them, read from any cut of the bytes."""

import codecs


class EventStream:
    """Collects bytes and gives back the `data` of each finished event."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[str]:
        """Return the data of the events that this chunk completes."""
        self._text += self._decode.decode(chunk)
        *lines, self._text = self._text.split("\n")
        finished = []
        for line in (raw.removesuffix("\r") for raw in lines):
            if line.startswith("data:"):
                self._data.append(line[5:].removeprefix(" "))
            elif not line and self._data:
                finished.append("\n".join(self._data))
                self._data.clear()
        return finished
