"""Charts as inline SVG: no script, colours from the page's style, and a description for those who cannot see them.

All are drawn 400 units wide, so that their text can be read on a telephone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.migration.plan.markup import Markup, element, joined

WIDTH = 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 28.0, 38.0


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


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies between two ends of the drawing."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    def at(self, value: float) -> float:
        """The place of a value."""
        low, high, here = self.low, self.high, value
        if self.logarithmic:
            low, high, here = math.log10(low), math.log10(high), math.log10(value)
        return self.start + (here - low) / (high - low) * (self.end - self.start)


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
    across = Scale(xs[0], xs[-1], _LEFT, WIDTH - _RIGHT, logarithmic=True)
    up, marks = _y_scale(ys, _TOP, height - _BOTTOM)
    parts = [_grid(up, marks, y_label), *_x_marks(across, _doublings(xs), height, x_label)]
    if target:
        parts.append(_target(up, *target))
    for number, (one, points) in enumerate(lines):
        parts.append(_line(one, points, across, up, number))
    parts += _line_names([(one.name, points) for one, points in lines if points], across, up)
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
        parts.append(element("text", bar.name, x=0, y=top + 12, class_="strong" if bar.chosen else "label"))
        parts.append(element("rect", x=0, y=top + 17, width=room, height=11, rx=3, class_="rail"))
        parts.append(
            element(
                "rect",
                x=0,
                y=top + 17,
                width=_place(max(2.0, value / highest * room)),
                height=11,
                rx=3,
                class_=f"bar {kind}",
            )
        )
        parts.append(element("text", bar.told, x=room + 8, y=top + 27, class_="value"))
    if target is not None:
        x = _place(target / highest * room)
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
    across = Scale(low, high, _LEFT, WIDTH - _RIGHT, logarithmic=True)
    up = Scale(low, high, height - _BOTTOM, _TOP, logarithmic=True)
    marks = [mark for mark in _LOG_MARKS if low <= mark <= high]
    corners = [(low, low * (1 + band)), (high / (1 + band), high), (high, high), (high, high * (1 - band)), (low / (1 - band), low), (low, low)]  # fmt: skip
    polygon = " ".join(f"{_place(across.at(x))},{_place(up.at(y))}" for x, y in corners)
    parts = [
        _grid(up, marks, y_label),
        *_x_marks(across, marks, height, x_label),
        element("polygon", points=polygon, class_="band"),
        element("line", x1=_place(across.at(low)), y1=_place(up.at(low)), x2=_place(across.at(high)), y2=_place(up.at(high)), class_="equal"),
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
            element("rect", element("title", f"{name}: {value:.1f} GB"), x=_place(at), y=4, width=_place(max(0.0, width - 1.5)), height=52, class_=f"part p{number}")
        )  # fmt: skip
        at += width
    if at < 999:
        drawn.append(element("rect", x=_place(at), y=4, width=_place(1000 - at), height=52, class_="rail"))
    if mark is not None:
        x = _place(mark / total * 1000)
        drawn.append(element("line", x1=x, x2=x, y1=0, y2=60, class_="mark"))
    return _svg(key, title, description, 60, drawn, width=1000, stretch=True)


def swatch(number: int, kind: str = "part") -> Markup:
    """The mark that stands before a name in a legend."""
    shape = (
        element("rect", x=1, y=1, width=12, height=12, rx=3, class_=f"part p{number}")
        if kind == "part"
        else _mark(number, 5, 5, ())
    )
    box = "0 0 14 14" if kind == "part" else "0 0 10 10"
    return element("svg", shape, viewBox=box, class_="swatch", aria_hidden="true")


_LOG_MARKS = [
    factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5)
]  # fmt: skip


def _drawable(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y) and x > 0 and y > 0]


def _y_scale(values: Sequence[float], top: float, bottom: float) -> tuple[Scale, list[float]]:
    """From zero where the values are near each other, by powers where they are not."""
    highest, lowest = max(values), min(values)
    if highest / lowest > 25:
        low = max(mark for mark in [*_LOG_MARKS, 1e-3] if mark <= lowest)
        high = min([mark for mark in _LOG_MARKS if mark >= highest], default=highest * 1.1)
        # Ones only where twos and fives would stand too near each other.
        wide = high / low > 300
        marks = [
            mark
            for mark in _LOG_MARKS
            if low <= mark <= high and (not wide or f"{mark:g}".strip("0.") == "1")
        ]
        return Scale(low, high, bottom, top, logarithmic=True), marks
    step = min(mark for mark in _LOG_MARKS if highest / mark <= 6)
    high = math.ceil(highest / step) * step
    return Scale(0, high, bottom, top, logarithmic=False), [step * n for n in range(round(high / step) + 1)]


def _doublings(xs: Sequence[float]) -> list[float]:
    marks = [2.0**power for power in range(11)]
    return [mark for mark in marks if xs[0] <= mark <= xs[-1]] or list(xs)


def _grid(up: Scale, marks: Sequence[float], label: str) -> Markup:
    rows = [
        (
            element(
                "line",
                x1=_LEFT,
                x2=WIDTH - _RIGHT,
                y1=_place(up.at(mark)),
                y2=_place(up.at(mark)),
                class_="grid",
            ),
            element("text", f"{mark:g}", x=_LEFT - 6, y=_place(up.at(mark) + 4), class_="tick end"),
        )
        for mark in marks
    ]
    return joined(*rows, element("text", label, x=0, y=9, class_="tick"))


def _x_marks(across: Scale, marks: Sequence[float], height: float, label: str) -> list[Markup]:
    found = [
        element("text", f"{mark:g}", x=_place(across.at(mark)), y=height - _BOTTOM + 16, class_="tick middle") for mark in marks
    ]  # fmt: skip
    return [*found, element("text", label, x=WIDTH - _RIGHT, y=height - 5, class_="tick end")]


def _target(up: Scale, value: float, name: str) -> Markup:
    y = up.at(value)
    return joined(
        element("rect", x=_LEFT, y=_place(y), width=WIDTH - _LEFT - _RIGHT, height=_place(max(0.0, up.start - y)), class_="within"),
        element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=_place(y), y2=_place(y), class_="target"),
        element("text", name, x=_LEFT + 4, y=_place(y - 5), class_="tick target-name"),
    )  # fmt: skip


def _line(
    one: Series, points: Sequence[tuple[float, float]], across: Scale, up: Scale, number: int
) -> Markup:
    places = [(across.at(x), up.at(y)) for x, y in points]
    path = " ".join(f"{_place(x)},{_place(y)}" for x, y in places)
    marks = [
        _mark(number, x, y, (element("title", f"{one.name}: {given_y:.3g} at {given_x:g}"),))
        for (x, y), (given_x, given_y) in zip(places, points, strict=True)
    ]
    return joined(
        element("polyline", points=path, class_=f"line s{number}" + (" dashed" if one.dashed else "")), *marks
    )


def _line_names(
    named: Sequence[tuple[str, Sequence[tuple[float, float]]]], across: Scale, up: Scale
) -> list[Markup]:
    """Each name above the end of its line, and never on another name."""
    taken: list[float] = []
    found = []
    for number, (name, points) in enumerate(named):
        x, y = across.at(points[-1][0]), up.at(points[-1][1]) - 9
        while any(abs(y - other) < 14 for other in taken):
            y += 3
        taken.append(y)
        found.append(element("text", name, x=_place(x), y=_place(y), class_=f"name end n{number}"))
    return found


def _mark(number: int, x: float, y: float, content: Sequence[Markup]) -> Markup:
    """A circle, a square, a triangle or a diamond: told apart without colour."""
    kind = f"dot d{number % 6}"
    match number % 4:
        case 0:
            return element("circle", *content, cx=_place(x), cy=_place(y), r=3.6, class_=kind)
        case 1:
            return element(
                "rect", *content, x=_place(x - 3.2), y=_place(y - 3.2), width=6.4, height=6.4, class_=kind
            )
        case 2:
            return element("path", *content, d=f"M{_place(x)} {_place(y - 4.4)}l4.4 7.6h-8.8z", class_=kind)
        case _:
            return element(
                "path", *content, d=f"M{_place(x)} {_place(y - 4.6)}l4.6 4.6l-4.6 4.6l-4.6 -4.6z", class_=kind
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
        viewBox=f"0 0 {_place(width)} {_place(height)}",
        preserveAspectRatio="none" if stretch else None,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_="chart stretch" if stretch else "chart",
    )


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
