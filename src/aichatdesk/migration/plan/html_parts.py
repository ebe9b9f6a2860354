"""The parts that the plan's page is made of: a whole page without network or script, tables, figures, files."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from aichatdesk.migration.plan.markup import Content, Markup, element


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that is judged."""

    told: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row names it, `numbers` are columns of figures.

    `chosen` is the row that this plan is about; `wide` are columns of sentences.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    numbers: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()
    chosen: int | None = None


def whole_page(title: str, *content: Content) -> str:
    """A complete document; its policy lets nothing in but its own style."""
    style = files("aichatdesk.migration.plan").joinpath("page.css").read_text("utf-8")
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        # The style is ours and holds nothing that would have to be escaped.
        element("style", Markup(style)),
    )
    return "<!doctype html>\n" + element("html", head, element("body", *content), lang="en") + "\n"


def section(key: str, heading: str, *content: Content) -> Markup:
    """A part of the page under its heading."""
    return element("section", element("h2", heading, id=key), *content, aria_labelledby=key)


def figure(title: str, caption: str, chart: Markup, *below: Content) -> Markup:
    """A chart under its title, and what stands below it."""
    return element("figure", element("figcaption", element("strong", title), caption), chart, *below)


def table(given: Table) -> Markup:
    """A table that scrolls inside its own frame."""
    head = [
        element("th", name, scope="col", class_=_kind(given, place, None))
        for place, name in enumerate(given.headings)
    ]
    rows = [
        element(
            "tr",
            [_cell(given, place, cell) for place, cell in enumerate(row)],
            class_="chosen" if number == given.chosen else None,
        )
        for number, row in enumerate(given.rows)
    ]
    inside = element(
        "table",
        element("caption", given.caption),
        element("thead", element("tr", head)),
        element("tbody", rows),
    )
    return element("div", inside, class_="scroll", tabindex=0, role="region", aria_label=given.caption)


def folded(summary: Content, *content: Content) -> Markup:
    """What is shown on demand."""
    return element("details", element("summary", summary), *content)


def listing(name: str, content: str, *, is_open: bool = False) -> Markup:
    """A file or commands to copy."""
    return element(
        "details",
        element("summary", element("code", name)),
        element("pre", content, tabindex=0, role="region", aria_label=name),
        open="" if is_open else None,
    )


def facts(named: Sequence[tuple[str, str]]) -> Markup:
    """Short facts in a row."""
    return element(
        "dl",
        [element("div", element("dt", name), element("dd", told)) for name, told in named],
        class_="facts",
    )


def sentences(told: Sequence[str]) -> Markup:
    """A list of sentences."""
    return element("ul", [element("li", sentence) for sentence in told], class_="notes")


def _cell(given: Table, place: int, cell: str | Cell) -> Markup:
    told, good = (cell.told, cell.good) if isinstance(cell, Cell) else (cell, None)
    if place == 0:
        return element("th", told, scope="row", class_=_kind(given, place, None))
    return element("td", told, class_=_kind(given, place, good))


def _kind(given: Table, place: int, good: bool | None) -> str | None:
    kinds = [
        "number" if place in given.numbers else "",
        "wide" if place in given.wide else "",
        {True: "good", False: "bad", None: ""}[good],
    ]
    return " ".join(kind for kind in kinds if kind) or None
