"""Read an uploaded file: check its kind, then let the sandbox turn it into text."""

from aichatdesk.core.text import tidy
from aichatdesk.knowledge.domain import EmptyDocument, Section, Unreadable
from aichatdesk.knowledge.parsing.kinds import kind_of
from aichatdesk.knowledge.parsing.readers import Parsed
from aichatdesk.platform.sandbox.run_limited import Sandbox, SandboxFailed

_WORKER = "aichatdesk.knowledge.parsing.worker"
_SENTENCES = {
    "too_slow": "Reading the file took too long; it was stopped.",
    "crashed": "The file could not be read: its content brought the reader down.",
}


async def read_file(sandbox: Sandbox, name: str, data: bytes, *, charset: str = "") -> Parsed:
    """The text of a file.

    Args:
        charset: What whoever sent the file says of its encoding; it goes before what the file says itself.

    Raises:
        Unreadable: With a named reason.
        EmptyDocument: There is no text in it.
    """
    if not data:
        raise EmptyDocument
    kind = kind_of(name, data[:8192])
    try:
        result = await sandbox.run(_WORKER, [kind, charset], data)
    except SandboxFailed as error:
        raise Unreadable(error.reason, _SENTENCES[error.reason]) from error
    if "refused" in result:
        raise Unreadable(result["refused"], result["sentence"])
    if not tidy(result["text"]):
        raise EmptyDocument
    sections = [Section(start, title) for start, title in result["sections"]]
    return Parsed(result["text"], result["title"], sections)
