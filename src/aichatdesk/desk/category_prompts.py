"""What a workflow category adds to the assistant's rules."""

from aichatdesk.desk import repository
from aichatdesk.platform.storage.database import Transaction


class DeskCategoryPrompts:
    """The assistant room's port `CategoryPrompts`, over the categories."""

    def prompt_of(self, tx: Transaction, category_id: str) -> str:
        """The prompt of an active category, or nothing."""
        row = repository.category_by_id(tx, category_id)
        return str(row.prompt) if row is not None and row.active else ""
