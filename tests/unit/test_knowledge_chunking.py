import time

import pytest

from aichatdesk.knowledge.chunking import CHUNK_TOKENS, count_tokens, cut, headings
from aichatdesk.knowledge.domain import Section

MANUAL = """Welcome to the manual.

# Delivery

We deliver on weekdays.

## Abroad

Abroad takes five days.

# Returns

Send it back within 30 days."""


def test_each_chunk_carries_the_path_of_headings_above_it():
    assert [(chunk.section, chunk.text) for chunk in cut(MANUAL)] == [
        ("", "Welcome to the manual."),
        ("Delivery", "We deliver on weekdays."),
        ("Delivery › Abroad", "Abroad takes five days."),
        ("Returns", "Send it back within 30 days."),
    ]


def test_a_chunk_is_embedded_together_with_the_heading_that_explains_it():
    assert cut(MANUAL)[2].searchable == "Delivery › Abroad\nAbroad takes five days."


def test_pages_that_the_text_does_not_show_are_sections_too():
    text = "First page.\n\nSecond page."
    chunks = cut(text, [Section(0, "Page 1"), Section(13, "Page 2")])
    assert [(chunk.section, chunk.text) for chunk in chunks] == [
        ("Page 1", "First page."),
        ("Page 2", "Second page."),
    ]


def test_a_number_sign_inside_a_code_block_is_no_heading():
    assert headings("# Real\n\n```\n# comment\n```\n") == [Section(0, "Real")]


def test_a_heading_without_text_below_it_is_not_lost():
    chunks = cut("# Opening hours\n\n# Contact\n\nCall us.")
    assert any("Opening hours" in chunk.searchable for chunk in chunks)


def test_a_table_row_is_never_cut_in_two():
    rows = [f"| part {number} | {number * 7} EUR | shelf {number} |" for number in range(200)]
    text = "\n".join(["| name | price | place |", "|---|---|---|", *rows])
    whole = "\n".join(chunk.text for chunk in cut(text))
    chunks = cut(text)
    assert len(chunks) > 5
    assert all(row in whole for row in rows)
    assert all(line.count("|") == 4 for chunk in chunks for line in chunk.text.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 5000, id="one long paragraph"),
        pytest.param("A" * 5000, id="one word of 5000 letters"),
        pytest.param("お問い合わせください。" * 800, id="no spaces between words"),
        pytest.param("https://shop.test/" + "path/" * 900, id="one long address"),
        pytest.param("short.\n\n" + "word " * 3000 + "\n\nshort.", id="long paragraph after a short one"),
    ],
)
def test_no_chunk_is_over_the_limit_and_no_character_is_dropped(text: str):
    chunks = cut(text)
    assert max(count_tokens(chunk.text) for chunk in chunks) <= CHUNK_TOKENS
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())


def test_spans_count_code_points_also_behind_emoji_and_joined_characters():
    text = "# 👩‍👩‍👧 Families\n\n" + "Résumé 😀 naïve. " * 100 + "\n\nEnd."
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in cut(text))


def test_the_same_text_is_always_cut_in_the_same_way():
    assert cut(MANUAL * 50) == cut(MANUAL * 50)


def test_nothing_is_cut_from_nothing():
    assert cut("") == []


def test_a_heading_line_full_of_number_signs_does_not_hang_the_server():
    started = time.thread_time()
    headings("# " + "# " * 10_000 + "x")
    assert time.thread_time() - started < 0.5


def test_cutting_a_run_without_spaces_takes_time_in_proportion_to_its_length():
    def seconds(length: int) -> float:
        """Of work, not of waiting for the processor, and the least of three times."""
        took = []
        for _ in range(3):
            started = time.thread_time()
            cut("x" * length)
            took.append(time.thread_time() - started)
        return min(took)

    seconds(1000)
    assert seconds(320_000) < 10 * seconds(80_000)
