"""A hostile file ends in a named refusal within 30 seconds, while everybody else is served."""

import asyncio
import gc
import time
from datetime import timedelta
from pathlib import Path

import pytest

from aichatdesk.knowledge.domain import EmptyDocument, Unreadable
from aichatdesk.knowledge.ingest import NewDocument, ingest
from aichatdesk.knowledge.parsing.read_file import read_file
from aichatdesk.platform.sandbox.run_limited import Limits, Sandbox
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder
from peers.made_files import (
    bomb,
    circular_pdf,
    crowd,
    encrypted_pdf,
    far_cell_sheet_file,
    lying_bomb,
    many_page_pdf,
    pdf,
    raw_word_file,
    word_body,
    zipped,
)

LAUGHS = "".join(
    [
        "<!DOCTYPE w [<!ENTITY l0 'lol'>",
        *(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)),
        "]>",
    ]
)
OUTSIDE = "<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
# What the work itself takes is limited as ever.
BUSY_MACHINE = Limits(wall=timedelta(minutes=4))
INSIDE = "<!DOCTYPE w [<!ENTITY x 'expanded'>]>"


async def outcome(name: str, data: bytes) -> str:
    """The reason of the refusal, or the text that was read after all."""
    try:
        return (await read_file(Sandbox(BUSY_MACHINE), name, data)).text
    except (Unreadable, EmptyDocument) as refused:
        return str(refused.facts["reason"])


@pytest.mark.parametrize(
    ("name", "make", "reasons"),
    [
        pytest.param("a.docx", bomb, {"zip_bomb"}, id="a zip bomb"),
        pytest.param("a.xlsx", bomb, {"zip_bomb"}, id="a zip bomb as a sheet"),
        pytest.param("a.docx", crowd, {"zip_bomb"}, id="6000 parts"),
        pytest.param("a.docx", lying_bomb, {"broken_docx", "broken_archive", "crashed"}, id="a lying bomb"),
        pytest.param("a.pdf", encrypted_pdf, {"encrypted_pdf"}, id="an encrypted PDF"),
        pytest.param("a.pdf", circular_pdf, {"broken_pdf", "empty", "too_many_pages", "crashed"}, id="a circle"),
        pytest.param("a.pdf", lambda: many_page_pdf(100_000), {"too_many_pages"}, id="100,000 pages"),
        pytest.param("a.xlsx", far_cell_sheet_file, {"crashed", "too_big", "broken_xlsx"}, id="two far cells"),
        pytest.param("a.docx", lambda: raw_word_file(word_body("&l9;", before=LAUGHS)), {"document_type"},
                     id="a billion laughs"),
        pytest.param("a.json", lambda: b"[" * 5_000_000, {"broken_json"}, id="5 million brackets"),
        pytest.param("a.json", lambda: b"9" * 1_000_000, {"broken_json"}, id="a number of a million digits"),
        pytest.param("a.html", lambda: b"<div>" * 1_000_000 + b"deep", {"too_deep"}, id="nesting"),
        pytest.param("a.txt", lambda: b"word " * 20_000_000, {"too_long", "too_big", "line_too_long", "crashed"},
                     id="one line of 100 MB"),
        pytest.param("a.csv", lambda: b'"' + b"x" * 50_000_000, {"broken_csv", "line_too_long", "crashed"},
                     id="a CSV cell of 50 MB"),
        pytest.param("a.docx", lambda: zipped({"nested.zip": zipped({"a": b"a"})}),
                     {"broken_docx", "crashed", "empty"}, id="an archive of archives"),
    ],
)  # fmt: skip
async def test_a_hostile_file_is_refused_by_name_before_it_has_used_its_time_up(
    name: str, make, reasons: set[str]
):
    assert await outcome(name, make()) in reasons


@pytest.mark.parametrize("cut", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
async def test_a_pdf_that_was_cut_off_anywhere_never_brings_us_down(cut: float):
    whole = pdf([[f"Line {number} of the page"] for number in range(20)])
    found = await outcome("a.pdf", whole[: int(len(whole) * cut)])
    assert found.startswith("Line 0") or found in {"broken_pdf", "empty", "crashed"}


async def test_no_file_of_this_machine_is_read_through_an_entity():
    found = await outcome("a.docx", raw_word_file(word_body("before &x; after", before=OUTSIDE)))
    assert "root:" not in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("name", "part"),
    [("a.docx", "word/document.xml"), ("a.docx", "word/other.xml"), ("a.xlsx", "xl/workbook.xml")],
)
async def test_an_office_file_with_a_document_type_is_refused(name: str, part: str, encoding: str):
    markup = word_body("&x;", before=INSIDE).encode(encoding)
    assert await outcome(name, raw_word_file(word_body("x"), more={part: markup})) == "document_type"


async def test_broken_markup_in_a_word_file_is_told_apart_from_a_crash():
    assert await outcome("a.docx", raw_word_file("<w:document")) == "broken_docx"


async def longest_pause(work: asyncio.Task[object]) -> float:
    """For how long the event loop did not come back during `work`, in seconds of this process's own work.

    Those in which other processes have the processor are not counted, nor a look through what other tests have left.
    """
    longest = 0.0
    gc.freeze()
    while not work.done():
        before = time.process_time()
        await asyncio.sleep(0.005)
        longest = max(longest, time.process_time() - before)
    gc.unfreeze()
    return longest


async def test_others_are_served_while_hostile_files_are_read():
    sandbox = Sandbox()
    work = asyncio.gather(
        read_file(sandbox, "a.docx", lying_bomb()),
        read_file(sandbox, "a.json", b"[" * 5_000_000),
        read_file(sandbox, "a.pdf", many_page_pdf(100_000)),
        return_exceptions=True,
    )
    assert await longest_pause(asyncio.ensure_future(work)) < 0.25


async def test_the_server_keeps_its_size_while_a_bomb_is_read():
    def resident_mb() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

    sandbox, data = Sandbox(), lying_bomb()
    await asyncio.gather(read_file(sandbox, "a.docx", data), return_exceptions=True)
    highest = before = resident_mb()
    work = asyncio.gather(*(read_file(sandbox, "a.docx", data) for _ in range(3)), return_exceptions=True)
    while not work.done():
        await asyncio.sleep(0.01)
        highest = max(highest, resident_mb())
    assert highest - before < 32


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 300_000, id="300 kB without a space"),
        pytest.param("# " + "# " * 8_000 + "x", id="a heading of 16 kB"),
    ],
)
async def test_others_are_served_while_an_odd_text_is_cut(database: SqliteDatabase, text: str):
    new = NewDocument("a.txt", "a.txt", "txt", text)
    work = asyncio.ensure_future(ingest(database, HashingEmbedder(), new))
    assert await longest_pause(work) < 0.25
