"""Each file goes through the real sandbox, as an upload does."""

import io
import json

import openpyxl
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


@pytest.mark.parametrize(
    ("end", "start", "expected"),
    [
        ("the range of the pages 10-", "20 and then", "pages 10-20 and then"),
        ("cases of COVID-", "19 and of others", "of COVID-19 and"),
        ("the state of Nordrhein-", "Westfalen and others", "Nordrhein-Westfalen and"),
        ("Hier stehen Vor-", "und Nachteile", "Vor- und Nachteile"),
        ("the old soft-", "ware is here", "old software is"),
    ],
)
async def test_joining_lines_changes_no_number_and_no_name(end: str, start: str, expected: str):
    lines = [f"This long line of text ends with {end}", f"{start} and then it goes on for a bit longer."]
    assert expected in (await read("a.pdf", pdf([lines]))).text


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


async def test_a_csv_row_longer_than_the_header_loses_nothing():
    parsed = await read("a.csv", "name,price\nSeal,7 EUR,only in blue\nPump,12 EUR\n")
    assert "only in blue" in parsed.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("sep=;\nname;price\nSeal;7,50", "name: Seal, price: 7,50", id="Excel names the delimiter"),
        pytest.param("Prices 2024\n\nname,price\nSeal,7", "Prices 2024\n\nname: Seal, price: 7", id="a title"),
        pytest.param("q,a\nIs 'it' red?,don't know", "q: Is 'it' red?, a: don't know", id="apostrophes"),
        pytest.param('q,a\nWhy?,"one, two; three"', "q: Why?, a: one, two; three", id="delimiters in quotes"),
        pytest.param("q;a\nWhy, how?;so, so\nWho, when?;me, now",
                     "q: Why, how?, a: so, so\nq: Who, when?, a: me, now", id="more commas than delimiters"),
        pytest.param("name,price\rSeal,7\r", "name: Seal, price: 7", id="old line ends"),
        pytest.param("Question\nHow?\nWhy?", "Question: How?\nQuestion: Why?", id="one column"),
        pytest.param("name,,price\nSeal,red,7", "name: Seal, red, price: 7", id="a column without a name"),
    ],
)  # fmt: skip
async def test_a_csv_is_read_as_a_spreadsheet_shows_it(text: str, expected: str):
    assert (await read("a.csv", text)).text == expected


async def test_what_is_merged_over_rows_of_a_sheet_is_said_in_each_of_them():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Prices"], [], ["Model", "Size", "Price"], ["M1", "S", 3], [None, "L", 4]):
        sheet.append(row)
    for area in ("A1:C2", "A4:A5", "F20:G30"):
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    rows = "Model: M1, Size: S, Price: 3\nModel: M1, Size: L, Price: 4"
    assert (await read("a.xlsx", out.getvalue())).text == f"# Sheet\n\nPrices\n\n{rows}"


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


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<table><tr><td><div>Norway</div><td>\n<p>5</p><div>days</div></table>", "Norway | 5 days |"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>", "a\n\nb | c |\n\n| d |"),
        ("<h2>\n<div>Open<br>hours</div></h2><p>All day</p>", "## Open hours\n\nAll day"),
        ("<h2> </h2><p>All day</p>", "All day"),
        ("<p>soft&shy;ware &#8238;evil&#8236;</p>", "software evil"),
    ],
)
async def test_rows_and_headings_are_lines_whatever_they_are_built_from(page: str, expected: str):
    lines = (line.strip() for line in (await read("a.html", page)).text.splitlines())
    assert "\n".join(lines) == expected


@pytest.mark.parametrize("first", ["one", "one, which is by far the longest of all"])
async def test_a_page_of_several_articles_loses_none_of_them(first: str):
    parts = (f"<article>Question {part}.</article>" for part in (first, "two", "three"))
    text = (await read("a.html", f"<p>Ad</p>{''.join(parts)}")).text
    assert text == f"Question {first}.\n\nQuestion two.\n\nQuestion three."


async def test_a_small_part_with_a_main_parts_name_does_not_stand_for_the_page():
    listing = '<div class="content"><pre>git add .</pre></div>'
    parsed = await read("a.html", f"<h2>Name</h2>{listing}<h2>Description</h2><p>{'It adds. ' * 20}</p>")
    assert "It adds." in parsed.text
    assert "# Name" in parsed.text


async def test_an_articles_own_header_is_read_and_the_pages_is_not():
    parsed = await read(
        "a.html", "<header>Shop</header><article><header><h1>Seal</h1></header>7 EUR</article>"
    )
    assert parsed.text == "# Seal\n\n7 EUR"


async def test_lines_of_code_stay_lines_and_become_no_headings():
    parsed = await read("a.html", "<p>Run</p><pre># as root\napt update</pre>")
    assert parsed.text == "Run\n\n```\n# as root\napt update\n```"


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


async def test_one_bad_byte_does_not_garble_a_whole_utf_8_file():
    parsed = await read("a.txt", "Größe und Maß. ".encode() * 200 + b"\xff end")
    assert "Größe und Maß." in parsed.text


@pytest.mark.parametrize(
    ("charset", "text"), [("windows-1251", "Доставка за пять дней"), ("shift_jis", "お問い合わせはこちら")]
)
async def test_a_page_is_read_in_the_charset_it_declares(charset: str, text: str):
    data = f'<meta charset="{charset}"><p>{text}</p>'.encode(charset)
    assert (await read("a.html", data)).text == text


@pytest.mark.parametrize(
    ("head", "encoding", "text"),
    [
        pytest.param('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r", "Доставка", id="XML"),
        pytest.param(
            '<meta http-equiv="x" content="text/html; charset=gb2312">', "gbk", "龍門", id="old meta"
        ),
        pytest.param('<meta charset="iso-2022-jp">', "iso-2022-jp", "お問い", id="seven bits"),
        pytest.param('<meta charset="iso-8859-1">', "utf-8", "Größe", id="UTF-8 in spite of it"),
        pytest.param('<meta charset="iso-8859-1">', "cp1252", "5 € “up”", id="Latin 1 means Windows-1252"),
        pytest.param('<meta charset="utf-16">', "utf-8", "plain", id="UTF-16 that cannot be"),
        pytest.param('<meta charset="unicode_escape">', "utf-8", "a\\x41", id="a codec that is no charset"),
        pytest.param('<meta charset="no-such">', "cp1252", "Größe", id="a charset that nobody knows"),
    ],
)
async def test_a_declared_charset_is_believed_as_far_as_the_bytes_allow(head: str, encoding: str, text: str):
    assert (await read("a.html", f"{head}<p>{text}</p>".encode(encoding))).text == text


@pytest.mark.parametrize("charset", ["windows-1251", "utf-8", "no-such"])
async def test_a_charset_that_the_server_names_is_believed_before_the_pages_own(charset: str):
    own = "windows-1251" if charset != "windows-1251" else "windows-1252"
    data = f'<meta charset="{own}"><p>Доставка</p>'.encode("windows-1251")
    assert (await read_file(Sandbox(), "a.html", data, charset=charset)).text == "Доставка"


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


async def test_a_text_may_begin_with_any_letters():
    assert (await read("a.txt", "MZ-80 computers: a manual")).text == "MZ-80 computers: a manual"


async def test_an_office_file_under_the_name_of_another_kind_is_refused():
    assert await refusal("a.docx", sheet_file({"S": [["a"], ["b"]]})) == "wrong_extension"
    assert await refusal("a.xlsx", word_file([("Normal", "a")])) == "wrong_extension"
