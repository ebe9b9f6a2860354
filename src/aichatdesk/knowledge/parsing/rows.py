"""Rows of cells to lines of text in which each cell names its column."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

_DELIMITERS = ",;\t|"
_SAMPLE = 10_000
# Excel's own way of naming the delimiter, in a line before the header.
_EXCEL_DELIMITER = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)

Row = Sequence[str]


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, whatever delimits its cells and ends its lines; raises `csv.Error`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if named := _EXCEL_DELIMITER.match(text):
        return _split(text[named.end() :], named[1])
    sample = text[:_SAMPLE]
    return _split(text, max(_DELIMITERS, key=lambda delimiter: _fitness(_split(sample, delimiter))))


def as_lines(rows: Sequence[Row]) -> str:
    """Each row as `column: value, column: value`; titles above the row that names the columns stay lines."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    first = next((place for place, row in enumerate(filled) if _width(row) > 1), 0)
    if len(filled) - first < 2:
        return "\n".join(", ".join(row) for row in filled)
    titles = [" ".join(cell.strip() for cell in row if cell.strip()) for row in filled[:first]]
    lines = "\n".join(", ".join(_named(filled[first], row)) for row in filled[first + 1 :])
    return "\n\n".join([*titles, lines])


def _split(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))


def _fitness(rows: Sequence[Row]) -> tuple[int, int]:
    """How many rows a delimiter divides, and how many of them into the same number of cells."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return widths.total(), max(widths.values(), default=0)


def _width(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _named(head: Row, row: Row) -> Iterator[str]:
    """The cells of a row that hold something, each after the name of its column if that has one."""
    for name, cell in zip_longest(map(str.strip, head), map(str.strip, row), fillvalue=""):
        if cell:
            yield f"{name}: {cell}" if name else cell
