"""Charts as inline SVG: no script, colours from the page's style, and a description for those who cannot see them.

All are drawn 400 units wide, so that their text can be read on a telephone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aichatdesk.core.text import shorten
from aichatdesk.migration.plan.chart_axes import (
    BOTTOM,
    LEFT,
    LOG_MARKS,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    doublings,
    grid,
    place,
    target_line,
    target_name,
    x_marks,
    y_scale,
)
from aichatdesk.migration.plan.markup import Markup, element, joined

# More would leave the drawing on its right side.
_LONGEST_NAME = 52


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart; points that are not finite or not positive are left out."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar with its name above and its value behind it; `good` is None where nothing is judged."""

    name: str
    value: float
    told: str
    good: bool | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One published measurement beside its prediction."""

    name: str
    measured: float
    predicted: float
    group: str


def line_chart(
    key: str,
    title: str,
    description: str,
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    target: tuple[float, str] | None = None,
    height: float = 260.0,
) -> Markup:
    """Lines over a doubling scale (1, 2, 4, ...), with the span up to the target shaded."""
    lines = [(one, _drawable(one.points)) for one in series]
    ys = [y for _, points in lines for _, y in points] + ([target[0]] if target else [])
    xs = sorted({x for _, points in lines for x, _ in points})
    if len(xs) < 2:
        return element("p", "There is nothing to draw.", class_="faint")
    across = Scale(xs[0], xs[-1], LEFT, WIDTH - RIGHT, logarithmic=True)
    up, marks = y_scale(ys, TOP, height - BOTTOM)
    y_label += ", logarithmic" if up.logarithmic else ""
    parts = [grid(up, marks, y_label), *x_marks(across, doublings(xs), height, x_label)]
    if target:
        parts.append(target_line(up, target[0]))
    for number, (one, points) in enumerate(lines):
        parts.append(_line(one, points, across, up, number))
    if target:
        drawn = [[(across.at(x), up.at(y)) for x, y in points] for _, points in lines]
        parts.append(target_name(up, *target, drawn))
    return _svg(key, title, description, height, parts)


def bar_chart(
    key: str, title: str, description: str, bars: Sequence[Bar], *, target: float | None = None
) -> Markup:
    """One bar below the other, longest value across the whole width."""
    row = 34.0
    height = row * len(bars) + 8
    highest = max(
        [bar.value for bar in bars if math.isfinite(bar.value)] + ([target] if target else []) + [1e-9]
    )
    parts: list[Markup] = []
    room = WIDTH - 96
    for number, bar in enumerate(bars):
        top = number * row
        value = bar.value if math.isfinite(bar.value) else 0.0
        kind = {True: "good", False: "bad", None: "plain"}[bar.good] + (" chosen" if bar.chosen else "")
        parts.append(
            element(
                "text",
                shorten(bar.name, _LONGEST_NAME),
                x=0,
                y=top + 12,
                class_="strong" if bar.chosen else "label",
            )
        )
        parts.append(element("rect", x=0, y=top + 17, width=room, height=11, rx=3, class_="rail"))
        parts.append(
            element(
                "rect",
                x=0,
                y=top + 17,
                width=place(max(2.0, value / highest * room)),
                height=11,
                rx=3,
                class_=f"bar {kind}",
            )
        )
        parts.append(element("text", bar.told, x=room + 8, y=top + 27, class_="value"))
    if target is not None:
        x = place(target / highest * room)
        parts.append(element("line", x1=x, x2=x, y1=14, y2=height - 6, class_="target"))
    return _svg(key, title, description, height, parts)


def scatter_chart(
    key: str, title: str, description: str, dots: Sequence[Dot], *, band: float, x_label: str, y_label: str
) -> Markup:
    """Measured across, predicted up, both on one doubling scale, with the line of equality and a band around it."""
    height = 400.0
    drawn = [dot for dot in dots if _drawable([(dot.measured, dot.predicted)])]
    if not drawn:
        return element("p", "There is nothing to draw.", class_="faint")
    both = [value for dot in drawn for value in (dot.measured, dot.predicted)]
    low, high = min(both) / 1.3, max(both) * 1.3
    across = Scale(low, high, LEFT, WIDTH - RIGHT, logarithmic=True)
    up = Scale(low, high, height - BOTTOM, TOP, logarithmic=True)
    marks = [mark for mark in LOG_MARKS if low <= mark <= high]
    corners = [(low, low * (1 + band)), (high / (1 + band), high), (high, high), (high, high * (1 - band)), (low / (1 - band), low), (low, low)]  # fmt: skip
    polygon = " ".join(f"{place(across.at(x))},{place(up.at(y))}" for x, y in corners)
    parts = [
        grid(up, marks, y_label),
        *x_marks(across, marks, height, x_label),
        element("polygon", points=polygon, class_="band"),
        element("line", x1=place(across.at(low)), y1=place(up.at(low)), x2=place(across.at(high)), y2=place(up.at(high)), class_="equal"),
    ]  # fmt: skip
    groups = list(dict.fromkeys(dot.group for dot in drawn))
    for dot in drawn:
        parts.append(_dot(dot, groups.index(dot.group), across.at(dot.measured), up.at(dot.predicted)))
    return _svg(key, title, description, height, parts)


def stacked_bar(
    key: str,
    title: str,
    description: str,
    parts: Sequence[tuple[str, float]],
    *,
    whole: float,
    mark: float | None,
) -> Markup:
    """Parts of a whole as one bar; what goes beyond the whole is drawn beyond the mark."""
    total = max(whole, sum(value for _, value in parts))
    at, drawn = 0.0, []
    for number, (name, value) in enumerate(parts):
        width = value / total * 1000
        drawn.append(
            element("rect", element("title", f"{name}: {value:.1f} GB"), x=place(at), y=4, width=place(max(0.0, width - 1.5)), height=52, class_=f"part p{number}")
        )  # fmt: skip
        at += width
    if at < 999:
        drawn.append(element("rect", x=place(at), y=4, width=place(1000 - at), height=52, class_="rail"))
    if mark is not None:
        x = place(mark / total * 1000)
        drawn.append(element("line", x1=x, x2=x, y1=0, y2=60, class_="mark"))
    return _svg(key, title, description, 60, drawn, width=1000, stretch=True)


def legend(names: Sequence[str], kind: Literal["part", "dot", "line"], told: Sequence[str] = ()) -> Markup:
    """What the colours and marks of a chart mean, in their order; `told` stands behind each name."""
    items = []
    for number, name in enumerate(names):
        value = element("b", told[number]) if told else ""
        items.append(element("li", _swatch(number, kind), name, " ", value))
    return element("ul", items, class_="legend")


def _swatch(number: int, kind: Literal["part", "dot", "line"]) -> Markup:
    if kind == "part":
        shape = element("rect", x=1, y=1, width=12, height=12, rx=3, class_=f"part p{number}")
    elif kind == "dot":
        shape = _mark(number, 7, 7, ())
    else:
        dashed = " dashed" if number else ""
        shape = joined(
            element("line", x1=0, x2=32, y1=7, y2=7, class_=f"line s{number}{dashed}"),
            _mark(number, 16, 7, ()),
        )
    width = 32 if kind == "line" else 14
    return element("svg", shape, viewBox=f"0 0 {width} 14", class_=f"swatch {kind}", aria_hidden="true")


def _drawable(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y) and x > 0 and y > 0]


def _line(
    one: Series, points: Sequence[tuple[float, float]], across: Scale, up: Scale, number: int
) -> Markup:
    places = [(across.at(x), up.at(y)) for x, y in points]
    path = " ".join(f"{place(x)},{place(y)}" for x, y in places)
    marks = [
        _mark(number, x, y, (element("title", f"{one.name}: {given_y:.3g} at {given_x:g}"),))
        for (x, y), (given_x, given_y) in zip(places, points, strict=True)
    ]
    return joined(
        element("polyline", points=path, class_=f"line s{number}" + (" dashed" if one.dashed else "")), *marks
    )


def _mark(number: int, x: float, y: float, content: Sequence[Markup]) -> Markup:
    """A circle, a square, a triangle or a diamond: told apart without colour."""
    kind = f"dot d{number % 6}"
    match number % 4:
        case 0:
            return element("circle", *content, cx=place(x), cy=place(y), r=3.6, class_=kind)
        case 1:
            return element(
                "rect", *content, x=place(x - 3.2), y=place(y - 3.2), width=6.4, height=6.4, class_=kind
            )
        case 2:
            return element("path", *content, d=f"M{place(x)} {place(y - 4.4)}l4.4 7.6h-8.8z", class_=kind)
        case _:
            return element(
                "path", *content, d=f"M{place(x)} {place(y - 4.6)}l4.6 4.6l-4.6 4.6l-4.6 -4.6z", class_=kind
            )


def _dot(dot: Dot, group: int, x: float, y: float) -> Markup:
    told = f"{dot.name} ({dot.group}): measured {dot.measured:.3g}, predicted {dot.predicted:.3g}"
    return _mark(group, x, y, (element("title", told),))


def _svg(
    key: str, title: str, description: str, height: float, parts: Sequence[Markup], *, width: float = WIDTH, stretch: bool = False
) -> Markup:  # fmt: skip
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        parts,
        viewBox=f"0 0 {place(width)} {place(height)}",
        preserveAspectRatio="none" if stretch else None,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_="chart stretch" if stretch else "chart",
    )
