"""What belongs to a person is hidden, and what does not is left alone, in the lines of `personal_data.txt`."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.knowledge.mask_personal import find_personal, mask_personal
from aichatdesk.knowledge.personal_spans import KINDS

CORPUS = Path(__file__).parents[1] / "data" / "personal_data.txt"
_MARK = re.compile(r"<([A-Za-z-]+)\|([^>]*)>")
_STRUCTURED = frozenset(KINDS) - {"name"}
Mark = tuple[int, int, str]


def lines() -> Iterator[tuple[str, list[Mark], list[str]]]:
    """Text, what must be hidden in it, and the names of the people in the chat."""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        marked, _, names = line.partition("\t")[2].partition(" ## ")
        text, marks, end = "", [], 0
        for match in _MARK.finditer(marked):
            text += marked[end : match.start()]
            marks.append((len(text), len(text) + len(match[2]), match[1]))
            text, end = text + match[2], match.end()
        yield text + marked[end:], marks, [name.strip() for name in names.split(",") if name.strip()]


def test_what_is_personal_is_hidden_in_every_language_of_the_corpus():
    hidden, missed = 0, []
    for text, marks, names in lines():
        spans = find_personal(text, names=names)
        for start, end, kind in marks:
            covered = any(span.start <= start and end <= span.end and span.kind == kind for span in spans)
            hidden += covered
            missed += [] if covered else [(kind, text[start:end], text)]
    structured = [one for one in missed if one[0] in _STRUCTURED]
    assert hidden > 300
    assert len(structured) <= 0.01 * hidden, structured
    assert len(missed) <= 0.02 * hidden, missed


def test_what_is_not_personal_stays_readable():
    right, wrong = 0, []
    for text, marks, names in lines():
        for span in find_personal(text, names=names):
            # A bracket or a stop at either end may go with it.
            fits = any(abs(span.start - start) <= 1 and abs(span.end - end) <= 1 for start, end, _ in marks)
            right += fits
            wrong += [] if fits else [(span.kind, text[span.start : span.end], text)]
    assert len(wrong) <= 0.05 * (right + len(wrong)), wrong


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("Hi Ann, write to ann@example.org.", ["Ann Smith"], "Hi [name], write to [e-mail]."),
        ("4111 1111 1111 1111 12/27, thanks", [], "[card] 12/27, thanks"),
        ("4111 1111 1111 1112 is order 7", [], "4111 1111 1111 1112 is order 7"),
        ("GB82 WEST 1234 5698 7654 33 is wrong", [], "GB82 WEST 1234 5698 7654 33 is wrong"),
        ("password: hunter2\nOrder 100200300400", [], "password: [secret]\nOrder 100200300400"),
        ("see https://shop.example/p/4111111111111111", [], "see https://shop.example/p/4111111111111111"),
        ("Bonjour Émile", ["Émile Zola"], "Bonjour [name]"),
        ("the cat sat", ["the cat"], "[name] sat"),
        ("the cat sat", ["the", "", "()", "..", "a"], "the cat sat"),
    ],
)
def test_a_placeholder_stands_where_the_personal_part_stood(text: str, names: list[str], masked: str):
    assert mask_personal(text, names=names) == masked


_HOSTILE = """1 |12-|a.|a@|a@a.|password |password: |my name is |http://|x at |DE89 |0171 | |
|eyJ|-----BEGIN A PRIVATE KEY-----|order 1 |+|(|key="|?token|/1a-|my a-|'"""


@pytest.mark.parametrize("piece", _HOSTILE.split("|"))
def test_a_hostile_message_costs_no_more_than_its_length(piece: str):
    # A pattern that backtracks without bound would run into the time limit of every test.
    mask_personal(piece * (40_000 // len(piece)), names=["Ann Smith", piece * 20])


_PIECES = st.sampled_from(
    "a|A|1|0|+|@|.|:|/|-|(|)|[|]|\n|\"|'|=|ann@x.org|password|is|my|http://|4111111111111111|DE89|é|名|Ann| ".split(
        "|"
    )
)


@given(st.lists(_PIECES, max_size=60).map("".join), st.lists(st.text(max_size=20), max_size=3))
def test_whatever_is_written_only_spans_are_replaced(text: str, names: list[str]):
    spans = find_personal(text, names=names)
    assert all(0 <= span.start < span.end <= len(text) and span.kind in KINDS for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = [text[one.end : other.start] for one, other in pairwise(spans)]
    masked = mask_personal(text, names=names)
    assert all(part in masked for part in kept)
