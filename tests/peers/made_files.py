"""Files made on the spot, honest and hostile: nothing binary is kept in the repository."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

import docx
import openpyxl

DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
DOCX_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[str]], *, extra_trailer: str = "") -> bytes:
    """A PDF with one line of Latin text below the other on each page."""
    objects: list[bytes] = []
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for place, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td 16 TL {shown} ET".encode("latin-1")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * place} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _assembled(objects, extra_trailer)


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password that nobody has."""
    nobody = "<" + "41" * 32 + ">"
    encryption = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {nobody} /U {nobody} /P -4 >> /ID [<00> <00>]"
    return pdf([["secret"]], extra_trailer=encryption)


def many_page_pdf(count: int) -> bytes:
    """One page object, shown `count` times."""
    return _assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [" + b"3 0 R " * count + b"] /Count %d >>" % count,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>",
        ]
    )


def circular_pdf() -> bytes:
    """Its tree of pages contains itself, and so does its cross-reference."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 100000 >>"]
    return _assembled(objects, "/Prev 9")


def _assembled(objects: Sequence[bytes], extra_trailer: str = "") -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R {extra_trailer} >>".encode()
    out.write(b"trailer\n%s\nstartxref\n%d\n%%%%EOF" % (trailer, start))
    return out.getvalue()


def word_file(paragraphs: Sequence[tuple[str, str]], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A DOCX of (style, text) paragraphs and perhaps a table."""
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def raw_word_file(document_xml: str, *, more: Mapping[str, bytes] | None = None) -> bytes:
    """A DOCX whose document part is given as it is."""
    parts = {
        "[Content_Types].xml": DOCX_TYPES.encode(),
        "_rels/.rels": DOCX_LINKS.encode(),
        "word/document.xml": document_xml.encode(),
    }
    return zipped(parts | dict(more or {}))


def word_body(inner: str, *, before: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}"><w:body>'
        f"<w:p><w:r><w:t>{inner}</w:t></w:r></w:p></w:body></w:document>"
    )


def sheet_file(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX with the given sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def far_cell_sheet_file() -> bytes:
    """Two cells, at the opposite corners of the largest possible sheet."""
    book = openpyxl.Workbook()
    book.active["A1"] = "near"
    book.active["XFD1048576"] = "far"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def bomb(megabytes: int = 300) -> bytes:
    """A DOCX whose document part unpacks to zeros without end."""
    return raw_word_file("x", more={"word/media/zeros": bytes(megabytes * 1024 * 1024)})


def lying_bomb(megabytes: int = 300) -> bytes:
    """As `bomb`, in the document part, and the table of contents claims ten bytes."""
    size = megabytes * 1024 * 1024
    parts = {
        "[Content_Types].xml": DOCX_TYPES.encode(),
        "_rels/.rels": DOCX_LINKS.encode(),
        "word/document.xml": bytes(size),
    }
    return zipped(parts).replace(struct.pack("<I", size), struct.pack("<I", 10))


def crowd(entries: int = 6000) -> bytes:
    """An archive with very many empty parts."""
    return raw_word_file(word_body("x"), more={f"word/{number}": b"" for number in range(entries)})


_GGUF_TYPES = {bool: 7, int: 10, float: 6, str: 8}


def gguf(
    values: Mapping[str, object],
    tensors: Sequence[tuple[str, Sequence[int], int]] = (),
    *,
    version: int = 3,
    order: str = "<",
    weights: int = 0,
) -> bytes:
    """A GGUF header of key-values and (name, dimensions, type) tensors, with so many bytes of weights behind it."""
    wide = "Q" if version > 1 else "I"

    def text(given: str) -> bytes:
        return struct.pack(order + wide, len(given.encode())) + given.encode()

    def value(given: object) -> bytes:
        if isinstance(given, str):
            return text(given)
        return struct.pack(order + {7: "?", 10: "Q", 6: "f"}[_GGUF_TYPES[type(given)]], given)

    def typed(given: object) -> bytes:
        if isinstance(given, list):
            kind = _GGUF_TYPES[type(given[0])]
            head = struct.pack(order + "II" + wide, 9, kind, len(given))
            return head + b"".join(value(item) for item in given)
        return struct.pack(order + "I", _GGUF_TYPES[type(given)]) + value(given)

    out = b"GGUF" + struct.pack(order + "I" + wide * 2, version, len(tensors), len(values))
    out += b"".join(text(key) + typed(given) for key, given in values.items())
    for name, dimensions, kind in tensors:
        out += text(name) + struct.pack(order + "I" + wide * len(dimensions), len(dimensions), *dimensions)
        out += struct.pack(order + "IQ", kind, 0)
    return out + bytes(-len(out) % 32) + bytes(weights)
