"""Each file goes through the real sandbox, as an upload does."""

import json

import pytest

from aichatdesk.core.errors import DeskError
from aichatdesk.knowledge.domain import EmptyDocument, Section, Unreadable
from aichatdesk.knowledge.parsing.read_file import read_file
from aichatdesk.knowledge.parsing.readers import Parsed
from aichatdesk.platform.sandbox.run_limited import Sandbox
from peers.made_files import pdf, sheet_file, word_file


async def read(name: str, data: bytes | str) -> Parsed:
    return await read_file(Sandbox(), name, data.encode() if isinstance(data, str) else data)


async def refusal(name: str, data: bytes | str) -> str:
    with pytest.raises(DeskError) as refused:
        await read(name, data)
    assert isinstance(refused.value, Unreadable | EmptyDocument)
    assert "Traceback" not in refused.value.message
    return str(refused.value.facts["reason"])


async def test_a_pdf_is_read_page_by_page():
    parsed = await read("manual.pdf", pdf([["First page."], ["Second page."]]))
    assert parsed.text == "First page.\n\nSecond page."
    assert parsed.sections == [Section(0, "Page 1"), Section(13, "Page 2")]


async def test_lines_that_the_page_width_broke_are_joined_again():
    lines = ["Our machines are delivered within five work-", "ing days of the order by a carrier."]
    parsed = await read("a.pdf", pdf([lines]))
    assert "five working days" in parsed.text


@pytest.mark.xfail(
    strict=True, reason="a hyphen at a line's end is dropped between digits too: 10-20 -> 1020"
)
async def test_joining_lines_never_changes_a_number():
    lines = [
        "This long line of text ends with the range of the pages 10-",
        "20 and then it goes on for a bit.",
    ]
    parsed = await read("a.pdf", pdf([lines]))
    assert "1020" not in parsed.text


async def test_headings_lists_and_tables_of_a_word_file_are_kept():
    data = word_file(
        [("Heading 1", "Delivery"), ("Normal", "We deliver."), ("List Bullet", "fast")],
        table=[["Country", "Days"], ["Norway", "5"]],
    )
    parsed = await read("a.docx", data)
    assert "# Delivery\n\nWe deliver." in parsed.text
    assert "- fast" in parsed.text
    assert "Norway | 5" in parsed.text


async def test_rows_of_a_sheet_name_their_columns_and_numbers_stay_whole():
    parsed = await read("a.xlsx", sheet_file({"Parts": [["Name", "Price"], ["Seal", 7], ["Pump", 12.5]]}))
    assert parsed.text == "# Parts\n\nName: Seal, Price: 7\nName: Pump, Price: 12.5"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_rows_of_a_csv_name_their_columns_whatever_divides_them(delimiter: str):
    lines = [["Name", "Price"], ["Seal", "7 EUR"], ["Pump", "12 EUR"]]
    parsed = await read("a.csv", "\r\n".join(delimiter.join(line) for line in lines))
    assert parsed.text == "Name: Seal, Price: 7 EUR\nName: Pump, Price: 12 EUR"


@pytest.mark.xfail(strict=True, reason="cells to the right of the last column name are dropped")
async def test_a_csv_row_longer_than_the_header_loses_nothing():
    parsed = await read("a.csv", "name,price\nSeal,7 EUR,only in blue\nPump,12 EUR\n")
    assert "only in blue" in parsed.text


async def test_json_is_written_out_readably():
    parsed = await read("a.json", '{"b": {"ü": [1, null]}}')
    assert json.loads(parsed.text) == {"b": {"ü": [1, None]}}
    assert '  "b"' in parsed.text


async def test_scripts_and_styles_of_a_page_are_left_out_and_its_headings_kept():
    parsed = await read(
        "a.html",
        "<title>Help</title><style>p{}</style><h1>Returns</h1><p>Within <b>30</b> days.</p>"
        "<script>alert(1)</script><table><tr><td>a</td><td>b</td></tr></table>",
    )
    assert parsed.title == "Help"
    assert parsed.text.startswith("# Returns\n\nWithin 30 days.")
    assert "a | b" in parsed.text
    assert "alert" not in parsed.text
    assert "p{}" not in parsed.text


async def test_a_page_is_reduced_to_its_main_part():
    parsed = await read("a.html", "<nav>menu</nav><main><p>Here.</p></main><footer>imprint</footer>")
    assert parsed.text == "Here."


@pytest.mark.xfail(strict=True, reason="only the first article of a page is read; all others are lost")
async def test_a_page_of_several_articles_loses_none_of_them():
    parsed = await read("a.html", "<article>Question one.</article><article>Question two.</article>")
    assert "Question two." in parsed.text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Größe 中文 😀"),
        ("utf-8-sig", "Größe 中文 😀"),
        ("utf-16", "Größe 中文 😀"),
        ("cp1252", "Größe: 5 €"),
    ],
)
async def test_text_is_read_in_its_encoding(encoding: str, text: str):
    assert (await read("a.txt", text.encode(encoding))).text == text


@pytest.mark.xfail(strict=True, reason="one bad byte makes the whole file Windows-1252: GrÃ¶ÃŸe")
async def test_one_bad_byte_does_not_garble_a_whole_utf_8_file():
    parsed = await read("a.txt", "Größe und Maß. ".encode() * 200 + b"\xff end")
    assert "Größe und Maß." in parsed.text


@pytest.mark.parametrize(
    ("charset", "text"), [("windows-1251", "Доставка за пять дней"), ("shift_jis", "お問い合わせはこちら")]
)
@pytest.mark.xfail(strict=True, reason="the charset that a page declares is not looked at")
async def test_a_page_is_read_in_the_charset_it_declares(charset: str, text: str):
    data = f'<meta charset="{charset}"><p>{text}</p>'.encode(charset)
    assert (await read("a.html", data)).text == text


async def test_odd_characters_are_cleaned_away():
    parsed = await read("a.txt", "a\x01bc\x7f\u2028d\r\ne\rf e\u0301")
    assert parsed.text == "abcd\ne\nf é"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t ", "empty"),
        ("a.html", b"<script>1</script>", "empty"),
        ("a.pdf", pdf([[]]), "empty"),
        ("a.json", b"{", "broken_json"),
        ("a.pdf", b"%PDF-1.7 nothing more", "broken_pdf"),
        ("a.docx", b"PK\x03\x04 nothing more", "broken_archive"),
        ("a.xlsx", b"PK\x03\x04 nothing more", "broken_archive"),
        ("a.exe", b"MZ\x90", "unsupported"),
        ("a.exe", b"plain text after all", "unsupported"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "unsupported"),
        ("noextension", b"text", "unsupported"),
        (".pdf", b"%PDF-1.7", "unsupported"),
        ("a.txt", b"%PDF-1.7", "wrong_extension"),
        ("a.md", b"MZ\x90\x00\x03\x00", "wrong_extension"),
        ("a.txt", b"\x7fELF\x02\x01", "wrong_extension"),
        ("a.txt", b"a\x00b\x00c", "wrong_extension"),
        ("a.csv", b"PK\x03\x04", "wrong_extension"),
        ("a.pdf", b"just text", "wrong_extension"),
        ("a.docx", b"just text", "wrong_extension"),
        ("a.docx", b"%PDF-1.7", "wrong_extension"),
        ("a.html", b"\x89PNG\r\n", "wrong_extension"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_name(name: str, data: bytes, reason: str):
    assert await refusal(name, data) == reason


@pytest.mark.parametrize("name", ["A.PDF", "a.b.Pdf", "../../etc/a.pdf", "C:\\docs\\a.pdf"])
async def test_the_kind_does_not_depend_on_how_the_name_is_written(name: str):
    assert (await read(name, pdf([["Hello."]]))).text == "Hello."


@pytest.mark.xfail(
    strict=True, reason="a text that happens to begin with MZ, GIF8 or Rar! is taken for a program"
)
async def test_a_text_may_begin_with_any_letters():
    assert (await read("a.txt", "MZ-80 computers: a manual")).text == "MZ-80 computers: a manual"


async def test_an_office_file_under_the_name_of_another_kind_is_refused():
    assert await refusal("a.docx", sheet_file({"S": [["a"], ["b"]]})) == "broken_docx"
