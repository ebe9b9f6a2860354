"""The scales and axes of the charts."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aichatdesk.migration.plan.markup import Markup, element, joined

WIDTH = 400.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 12.0, 28.0, 38.0
# From the middle of a target's name to its ends.
_NAME_REACH = 46.0


LOG_MARKS = [
    factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5)
]  # fmt: skip


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


def y_scale(values: Sequence[float], top: float, bottom: float) -> tuple[Scale, list[float]]:
    """From zero where the values are near each other, by powers where they are not."""
    highest, lowest = max(values), min(values)
    if highest / lowest > 12:
        low = max(mark for mark in [*LOG_MARKS, 1e-3] if mark <= lowest)
        high = min([mark for mark in LOG_MARKS if mark >= highest], default=highest * 1.1)
        # Ones only where twos and fives would stand too near each other.
        wide = high / low > 300
        marks = [
            mark for mark in LOG_MARKS if low <= mark <= high and (not wide or f"{mark:g}".strip("0.") == "1")
        ]
        return Scale(low, high, bottom, top, logarithmic=True), marks
    step = min(mark for mark in LOG_MARKS if highest / mark <= 6)
    high = math.ceil(highest / step) * step
    return Scale(0, high, bottom, top, logarithmic=False), [step * n for n in range(round(high / step) + 1)]


def doublings(xs: Sequence[float]) -> list[float]:
    marks = [2.0**power for power in range(11)]
    return [mark for mark in marks if xs[0] <= mark <= xs[-1]] or list(xs)


def grid(up: Scale, marks: Sequence[float], label: str) -> Markup:
    rows = [
        (
            element(
                "line",
                x1=LEFT,
                x2=WIDTH - RIGHT,
                y1=place(up.at(mark)),
                y2=place(up.at(mark)),
                class_="grid",
            ),
            element("text", f"{mark:g}", x=LEFT - 6, y=place(up.at(mark) + 4), class_="tick end"),
        )
        for mark in marks
    ]
    return joined(*rows, element("text", label, x=0, y=9, class_="tick"))


def x_marks(across: Scale, marks: Sequence[float], height: float, label: str) -> list[Markup]:
    found = [
        element("text", f"{mark:g}", x=place(across.at(mark)), y=height - BOTTOM + 16, class_="tick middle") for mark in marks
    ]  # fmt: skip
    return [*found, element("text", label, x=WIDTH - RIGHT, y=height - 5, class_="tick end")]


def place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def target_line(up: Scale, value: float) -> Markup:
    y = up.at(value)
    return joined(
        element("rect", x=LEFT, y=place(y), width=WIDTH - LEFT - RIGHT, height=place(max(0.0, up.start - y)), class_="within"),
        element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=place(y), y2=place(y), class_="target"),
    )  # fmt: skip


def target_name(up: Scale, value: float, name: str, drawn: Sequence[Sequence[tuple[float, float]]]) -> Markup:
    """Above or below the line of the target, at its left or right end: where the lines leave most room."""
    y, reach = up.at(value), _NAME_REACH

    def room(spot: tuple[float, float]) -> float:
        return min(
            (math.hypot((x - spot[0]) / 3, up_to - spot[1]) for x, up_to in _along(drawn)), default=0.0
        )

    spots = [
        (x, middle)
        for middle in (y - 9, y + 9)
        for x in (LEFT + reach, WIDTH - RIGHT - reach)
        if middle + 9 < up.start
    ] or [(LEFT + reach, y - 9)]
    x, middle = max(spots, key=room)
    return element("text", name, x=place(x), y=place(middle + 4), class_="tick target-name middle")


def _along(drawn: Sequence[Sequence[tuple[float, float]]]) -> Iterator[tuple[float, float]]:
    """Places on the lines, close enough together to see whether something lies on them."""
    for points in drawn:
        for (x, y), (next_x, next_y) in itertools.pairwise(points):
            yield from ((x + (next_x - x) * part / 8, y + (next_y - y) * part / 8) for part in range(9))
