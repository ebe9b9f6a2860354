"""What this room asks of rooms above it."""

from typing import Protocol

from aichatdesk.platform.storage.database import Transaction


class PickIcon(Protocol):
    """Chooses icons for what people name."""

    async def pick(self, name: str, text: str) -> str | None:
        """One emoji for a name and what is said about it; None if none is to be had soon."""
        ...


class Services(Protocol):
    """Knows which of the services that the widget may offer are set up."""

    def can_book_calls(self, tx: Transaction) -> bool:
        """Whether a visitor can book a call."""
        ...

    def can_mail_transcripts(self) -> bool:
        """Whether a transcript can be mailed."""
        ...
