"""Cut a document's text into chunks: deterministic, within one section each, with their exact place."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from semantic_text_splitter import MarkdownSplitter

from aichatdesk.knowledge.domain import Chunk, Section

CHUNKER = "sections+markdown/1"
TOKEN_COUNTER = "characters/3.2, one for each CJK character"  # noqa: S105 - not a password
CHUNK_TOKENS = 200
# All that decides where a text is cut; what was cut by another is stale.
CUT_BY = f"{CHUNKER}, {CHUNK_TOKENS} tokens, {TOKEN_COUNTER}"
_OVERLAP_TOKENS = 0
_ENDLESS_RUN = re.compile(r"(?<!\S)\S{10000}")
_WINDOW = 20_000
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def count_tokens(text: str) -> int:
    """An estimate that is close enough to size chunks by."""
    wide = len(_CJK.findall(text))
    return round((len(text) - wide) / 3.2) + wide


def headings(text: str) -> list[Section]:
    """The Markdown headings of a text as sections, each titled with the path that leads to it."""
    fenced = [match.span() for match in _FENCE.finditer(text)]
    path: list[tuple[int, str]] = []
    found = []
    for match in _HEADING.finditer(text):
        if any(start <= match.start() < end for start, end in fenced):
            continue
        level = len(match[1])
        path = [(above, title) for above, title in path if above < level] + [
            (level, match[2].rstrip(" \t#") or match[2])
        ]
        found.append(Section(match.start(), " › ".join(title for _, title in path)))
    return found


def cut(text: str, sections: Sequence[Section] = (), *, limit: int = CHUNK_TOKENS) -> list[Chunk]:
    """Cut `text` into chunks of at most `limit` tokens; every word is in one of them.

    `sections` with a title are used where the text has no headings of its own, those without one always.
    """
    parts = _parts(text, sections)
    if not parts or parts[0].start > 0:
        parts = [Section(0, ""), *parts]
    splitter = MarkdownSplitter.from_callback(count_tokens, limit, overlap=_OVERLAP_TOKENS, trim=True)
    chunks: list[Chunk] = []
    for section, following in pairwise([*parts, Section(len(text), "")]):
        body_start = _after_heading(text, section.start, following.start)
        body = text[body_start : following.start]
        if not following.title and following.start < len(text):
            # A line may part two texts; it belongs to neither.
            body = body.rstrip().removesuffix("\n---")
        for offset, piece in _pieces(splitter, body):
            start = body_start + offset
            chunks.append(Chunk(len(chunks), section.title, piece, start, start + len(piece)))
    return chunks


def _parts(text: str, sections: Sequence[Section]) -> list[Section]:
    own = headings(text)
    if not own:
        return list(sections)
    return sorted([*own, *(section for section in sections if not section.title)], key=lambda one: one.start)


def _pieces(splitter: MarkdownSplitter, body: str) -> Iterator[tuple[int, str]]:
    """Split a body; one with an endless run goes window by window, as the time grows with the square of a run."""
    if not _ENDLESS_RUN.search(body):
        yield from splitter.chunk_indices(body)
        return
    start = 0
    while start < len(body):
        pieces = splitter.chunk_indices(body[start : start + _WINDOW])
        following = start + _WINDOW
        if following < len(body) and len(pieces) > 1:
            # The last piece may go on behind the window, so the next window begins with it.
            last, _ = pieces.pop()
            following = start + last
        for offset, piece in pieces:
            yield start + offset, piece
        start = following


def _after_heading(text: str, start: int, end: int) -> int:
    """Where a section's body begins; a heading with nothing under it stays as its own body."""
    match = _HEADING.match(text, start, end)
    if match and text[match.end() : end].strip():
        return match.end()
    return start
