"""One reader for each kind of file; they run only inside the sandbox."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from xml.parsers.expat import ExpatError

from aichatdesk.knowledge.domain import Section, Unreadable
from aichatdesk.knowledge.parsing.archives import ARCHIVE_ERRORS, check_archive
from aichatdesk.knowledge.parsing.encodings import declared_charset, decoded
from aichatdesk.knowledge.parsing.html import html_to_text
from aichatdesk.knowledge.parsing.legible import legible
from aichatdesk.knowledge.parsing.rows import as_lines, csv_rows

_MOST_PAGES = 3000
_LONGEST_TEXT = 20_000_000
_LONGEST_LINE = 1_000_000
_PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD
_PDFIUM_HYPHEN = re.compile(r"[\x02\ufffe](?:\r?\n)?")
_SOFT_HYPHEN_AT_END = re.compile(r"\u00ad\r?\n")
# A hyphen that is part of the word stays: 10-20, COVID-19, Nordrhein-Westfalen, Vor- und Nachteile.
_HYPHEN_BEFORE_AND = re.compile(r"-\n(?=(?:and|or|und|oder|bzw)\b)")
_HYPHEN_IN_WORD = re.compile(r"(?<=[^\W\d_])-\n(?=([^\W\d_]))")
_HYPHEN_AT_END = re.compile(r"(?<=\w)-\n(?=\w)")
_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Parsed:
    """Plain text; Markdown-like headings are in it, other sections are listed."""

    text: str
    title: str = ""
    sections: list[Section] = field(default_factory=list)


def read_pdf(data: bytes) -> Parsed:
    """Text page by page; each page is a section."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_NEEDED or "password" in str(error).lower():
            raise Unreadable(
                "encrypted_pdf", "The PDF is encrypted; remove its password and upload it again."
            ) from error
        raise Unreadable("broken_pdf", "The PDF is broken and cannot be opened.") from error
    if len(pdf) > _MOST_PAGES:
        raise Unreadable("too_many_pages", f"The PDF has {len(pdf)} pages; at most {_MOST_PAGES} are read.")
    text, sections = "", []
    for number in range(len(pdf)):
        raw = pdf[number].get_textpage().get_text_bounded()
        page = _reflowed(legible(_PDFIUM_HYPHEN.sub("-\n", _SOFT_HYPHEN_AT_END.sub("", raw))))
        if page:
            text += "\n\n" if text else ""
            sections.append(Section(len(text), f"Page {number + 1}"))
            text += page
    return Parsed(text, sections=sections)


def read_docx(data: bytes) -> Parsed:
    """Headings and tables kept, by way of HTML."""
    import mammoth

    check_archive(data, "word/")
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    except (KeyError, SyntaxError, AttributeError, ExpatError, *ARCHIVE_ERRORS) as error:
        raise Unreadable("broken_docx", "The DOCX file is broken and cannot be read.") from error
    _, text = html_to_text(f"<body>{html}</body>")
    return Parsed(text)


def read_xlsx(data: bytes) -> Parsed:
    """Each row as `column: value`, one section for each sheet."""
    import python_calamine

    check_archive(data, "xl/")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(name, _sheet_rows(book.get_sheet_by_name(name))) for name in book.sheet_names]
    except python_calamine.CalamineError as error:
        raise Unreadable("broken_xlsx", "The XLSX file is broken and cannot be read.") from error
    parts = [f"# {name}\n\n{as_lines(rows)}" for name, rows in sheets if rows]
    return Parsed(legible("\n\n".join(parts)))


def read_csv(data: bytes) -> Parsed:
    """Each row as `column: value, column: value`; the first row names the columns."""
    text = decoded(data)
    csv.field_size_limit(_LONGEST_LINE)
    try:
        rows = csv_rows(text)
    except csv.Error as error:
        raise Unreadable("broken_csv", f"The CSV file cannot be read: {error}.") from error
    return Parsed(legible(as_lines(rows)))


def read_json(data: bytes) -> Parsed:
    """Written with two spaces of indent, as the old server did."""
    try:
        value = json.loads(decoded(data))
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken_json", f"The file is not valid JSON: {error}.") from error
    return Parsed(json.dumps(value, indent=2, ensure_ascii=False))


def read_html(data: bytes) -> Parsed:
    """The page's main text, with its headings."""
    title, text = html_to_text(decoded(data, declared_charset(data)))
    return Parsed(text, title)


def read_text(data: bytes) -> Parsed:
    """Text as it is."""
    return Parsed(legible(decoded(data)))


READERS: dict[str, Callable[[bytes], Parsed]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "csv": read_csv,
    "json": read_json,
    "html": read_html,
    "md": read_text,
    "txt": read_text,
}


def parse(kind: str, data: bytes, *, charset: str = "") -> Parsed:
    """Read one file; raises `Unreadable` with a named reason."""
    if charset:
        data = decoded(data, charset, declared_charset(data)).encode("utf-8-sig")
    parsed = READERS[kind](data)
    if len(parsed.text) > _LONGEST_TEXT:
        raise Unreadable("too_long", f"The text has over {_LONGEST_TEXT:,} characters; split the document.")
    if max(map(len, parsed.text.split("\n"))) > _LONGEST_LINE:
        raise Unreadable(
            "line_too_long", f"A line has over {_LONGEST_LINE:,} characters; this is not a text for people."
        )
    return parsed


def _reflowed(page: str) -> str:
    """Join the lines that only the page's width has broken; a short line ends where it ends."""
    lines = _unhyphenated(page).split("\n")
    full = 0.6 * max(map(len, lines))
    text = lines[0]
    for before, line in pairwise(lines):
        broken = len(before) >= full and not before.rstrip().endswith(_SENTENCE_ENDS)
        text += (" " if broken and line else "\n") + line
    return text


def _unhyphenated(page: str) -> str:
    text = _HYPHEN_BEFORE_AND.sub("- ", page)
    text = _HYPHEN_IN_WORD.sub(lambda found: "" if found[1].islower() else "-", text)
    return _HYPHEN_AT_END.sub("-", text)


def _sheet_rows(sheet: Any) -> list[list[str]]:
    """The cells as text; what is merged over several rows is said in each of them."""
    rows = [[_cell(cell) for cell in row] for row in sheet.to_python()]
    top, left = sheet.start or (0, 0)
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        start, place = first - top, column - left
        if not (0 <= start < len(rows) and 0 <= place < len(rows[start])):
            continue  # merged cells outside the filled area
        for row in rows[start + 1 : last - top + 1]:
            if any(row):
                row[place] = rows[start][place]
    return rows


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
