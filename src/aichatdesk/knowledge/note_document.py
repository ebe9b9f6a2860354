"""What the audit list says of documents."""

from aichatdesk.core.access import Actor
from aichatdesk.knowledge.domain import PUSHED, Document
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction


def note_document(tx: Transaction, by: Actor | None, act: Act, document: Document) -> None:
    """Note an act on a document, by its name; one that was taught has a visitor's question for a name."""
    taught = document.filename.startswith(PUSHED)
    target = document.filename if taught else document.original_name
    note(tx, by, act, target, {"id": document.id, "type": document.file_type})
