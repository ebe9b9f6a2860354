"""Tables that never lose a figure: where a terminal is too narrow for one, its rows are told one below the other."""

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

# A column of sentences is not made narrower than this.
_NARROWEST = 14


class FittingTable:
    """A table, or the same as a list; the first column names the row."""

    def __init__(
        self, *headings: str, wraps: Sequence[int] = (), heading: bool = True, caption: str = ""
    ) -> None:
        """Names and figures stay on one line; `wraps` are columns of sentences, which need not."""
        self._headings = headings if heading else tuple("" for _ in headings)
        self._caption = caption
        self._wraps = wraps
        self._rows: list[Sequence[Text]] = []
        self._table = Table(box=None, padding=(0, 1), show_header=heading, header_style="dim")
        for place, name in enumerate(headings):
            self._table.add_column(
                name,
                overflow="fold",
                no_wrap=place not in wraps,
                min_width=_NARROWEST if place in wraps else None,
            )
        self._table.caption = caption or None
        self._table.caption_justify = "left"

    def add_row(self, *cells: str | Text) -> None:
        """One row, a cell for each column."""
        row = [cell if isinstance(cell, Text) else Text(cell) for cell in cells]
        self._rows.append(row)
        self._table.add_row(*row)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """As rich asks for it."""
        if self._needs() <= options.max_width:
            yield self._table
            return
        for first, *others in self._rows:
            named = Text.assemble(_plain(self._headings[0]) + " ", first) if first.plain.isdigit() else first
            yield Padding(named, (0, 1))
            for name, cell in zip(self._headings[1:], others, strict=True):
                told = Text.assemble((_plain(name), "dim"), " " if name else "", cell)
                yield Padding(told, (0, 1, 0, 3))
        if self._caption:
            yield Text(self._caption, style="italic")

    def _needs(self) -> int:
        """How wide the table is at least."""
        columns = zip(map(Text, self._headings), *self._rows, strict=True)
        widths = (
            _NARROWEST
            if place in self._wraps
            else max(line.cell_len for cell in cells for line in cell.split())
            for place, cells in enumerate(columns)
        )
        return sum(width + 2 for width in widths)


def _plain(heading: str) -> str:
    """A heading of several lines as one."""
    return " ".join(heading.split())
