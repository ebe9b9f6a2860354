import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from aichatdesk.core.text import clean, tidy
from aichatdesk.knowledge.chunking import CHUNK_TOKENS, count_tokens, cut

PIECES = st.sampled_from(
    [
        "# ", "## ", "\n\n", "\n", " ", "```\n", "~~~\n", "| a | b |\n", "|---|---|\n", "- item\n", "> quote\n",
        "word ", "Ünïcödé ", "👩‍👩‍👧", "e\u0301", "中文文本", "ไทย", "\u200b", "\u202e", "<b>", "\\", "*", "_", "[x](y)",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=1500), st.lists(PIECES, max_size=400).map("".join)).map(tidy)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_chunk_is_exactly_the_span_it_names_and_within_the_limit(text: str):
    for place, chunk in enumerate(cut(text)):
        assert chunk.position == place
        assert text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip()
        assert count_tokens(chunk.text) <= CHUNK_TOKENS


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_chunks_follow_each_other_and_leave_out_only_blanks_and_headings(text: str):
    end = 0
    for chunk in cut(text):
        assert chunk.start >= end
        left_out = text[end : chunk.start].strip()
        assert not left_out or left_out.startswith("#")
        end = chunk.end
    assert not text[end:].strip()


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=300))
def test_cleaning_twice_changes_nothing_and_leaves_text_that_can_be_stored(text: str):
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
