"""What this room asks of rooms above it."""

from typing import Protocol


class PickIcon(Protocol):
    """Chooses icons for what people name."""

    async def pick(self, name: str, text: str) -> str | None:
        """One emoji for a name and what is said about it; None if none is to be had soon."""
        ...
