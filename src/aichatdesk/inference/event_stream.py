"""Server-sent events as model servers send them, read from any cut of the bytes."""

import codecs

_LONGEST_EVENT = 1_000_000


class EventStream:
    """Collects bytes and gives back the `data` of each finished event."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._text = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[str]:
        """Return the data of the events that this chunk completes.

        Raises:
            ValueError: An event is longer than a million characters.
        """
        *lines, self._text = (self._text + self._decode.decode(chunk)).split("\n")
        finished = []
        for line in (raw.removesuffix("\r") for raw in lines):
            if line.startswith("data:"):
                self._data.append(line[5:].removeprefix(" "))
                self._size += len(line)
            elif not line and self._data:
                finished.append("\n".join(self._data))
                self._data.clear()
                self._size = 0
        if self._size + len(self._text) > _LONGEST_EVENT:
            raise ValueError("an event is longer than a million characters")
        return finished
