"""Whether what is found of a document is what the desk would make of it now."""

from aichatdesk.knowledge.chunking import CUT_BY
from aichatdesk.knowledge.domain import MadeBy


def why_stale(made_by: MadeBy | None, *, waits: bool, model_revision: int) -> str | None:
    """Why a document should be embedded again; None where it need not be, or was never embedded.

    `waits` says that another text of it is kept and not found yet.
    """
    if waits:
        return "an edited text waits"
    if made_by is None:
        return None
    if made_by.cut_by != CUT_BY:
        return "cut by an older chunker"
    if made_by.model_revision != model_revision:
        return "embedded by another model revision"
    return None
