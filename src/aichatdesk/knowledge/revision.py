"""A number that changes whenever an answer might."""

from aichatdesk.knowledge import repository
from aichatdesk.platform.storage.database import Transaction


def knowledge_revision(tx: Transaction) -> int:
    """Grows with every change of what can be found; caches are keyed by it."""
    return repository.revision(tx)
