"""The part of the page that says how far off the predictions are: every published figure beside its prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.migration.plan.charts import Dot, legend, scatter_chart
from aichatdesk.migration.plan.html_parts import Table, figure, folded, section, table
from aichatdesk.migration.plan.markup import Markup, element
from aichatdesk.migration.plan.verdict import ENGINES, percent
from aichatdesk.migration.spark.accuracy import Accuracy, Error, kind_of
from aichatdesk.migration.spark.constants import Constants
from aichatdesk.migration.spark.figures import Figure, Unpredicted, predict, published_figures

_KINDS = {
    "decode": "Tokens per second",
    "prefill": "Reading of the prompt",
    "first token at once": "First token, several at once",
    "first token alone": "First token, one alone",
}
_KNOWN = {
    "itself": "other figures of the same build",
    "relatives": "its relatives, not the model itself",
    "others": "other families only",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure and what the fitted constants say in its place."""

    figure: Figure
    predicted: float

    @property
    def name(self) -> str:
        """The build that was measured."""
        return f"{self.figure.build.name} {self.figure.build.quant}"

    @property
    def off(self) -> float:
        """The relative error, as a share."""
        return self.predicted / self.figure.value - 1


def compare_published(constants: Constants) -> tuple[list[Compared], Sequence[Unpredicted]]:
    """Every published figure with its prediction, and the runs of which nothing is said."""
    figures, left_out = published_figures()
    return [Compared(one, predict(one, constants.rates(one.build))) for one in figures], left_out


def accuracy_section(constants: Constants) -> Markup:
    """Predicted against measured: two charts, the errors, and each figure."""
    compared, left_out = compare_published(constants)
    accuracy = constants.accuracy
    decode = [one for one in compared if one.figure.kind == "decode"]
    first = [one for one in compared if kind_of(one.figure) == "first token at once"]
    charts = [
        _scatter("rates", "Tokens per second", "tokens/s", decode, accuracy.seen["decode"]),
        _scatter("tokens", "First token, several at once", "s", first, accuracy.seen["first token at once"]),
    ]
    said = (
        f"The constants were fitted to {len(compared)} published figures; none was measured by us. "
        "The charts and the list show each figure as fitted; the table of errors is of figures that the fit had not seen. "
        f"For {accuracy.right_verdicts} of {accuracy.verdicts} published first tokens it says rightly whether "
        "they came within five seconds."
    )
    return section(
        "accuracy",
        "How sure this is",
        element("p", said),
        element("div", charts, class_="charts"),
        table(_error_table(accuracy)),
        folded(f"All {len(compared)} figures", table(_figure_table(compared))),
        _left_out(left_out),
    )


def _scatter(key: str, title: str, unit: str, compared: Sequence[Compared], error: Error) -> Markup:
    groups = list(dict.fromkeys(ENGINES[engine] for engine in ENGINES))
    used = [name for name in groups if any(ENGINES[one.figure.build.engine] == name for one in compared)]
    ordered = sorted(compared, key=lambda one: used.index(ENGINES[one.figure.build.engine]))
    dots = [
        Dot(one.name, one.figure.value, one.predicted, ENGINES[one.figure.build.engine]) for one in ordered
    ]
    near = sum(1 for one in compared if abs(one.off) <= error.nine_of_ten)
    chart = scatter_chart(
        key,
        f"{title}: predicted against measured",
        f"{near} of {len(compared)} points lie within {percent(error.nine_of_ten)} of the line of equality. "
        "All values are in the table of figures.",
        dots,
        band=error.nine_of_ten,
        x_label=f"measured, {unit}",
        y_label=f"predicted, {unit}",
    )
    return figure(
        title,
        f"{len(compared)} figures; the band is ±{percent(error.nine_of_ten)}, which holds nine of ten",
        chart,
        legend(used, "dot"),
    )


def _error_table(accuracy: Accuracy) -> Table:
    rows = [
        [f"{_KINDS.get(kind, kind)}, known from {_KNOWN[known]}", str(error.figures), *_shares(error)]
        for known, errors in accuracy.unseen.items()
        for kind, error in errors.items()
    ]
    headings = (
        "What is predicted",
        "Figures",
        "Half are within",
        "Mean error",
        "Nine of ten within",
        "Worst",
    )
    return Table(
        "Errors on figures that were left out of the fit",
        headings,
        rows,
        frozenset(range(1, 6)),
        frozenset({0}),
    )


def _figure_table(compared: Sequence[Compared]) -> Table:
    rows = [
        [
            one.name,
            ENGINES[one.figure.build.engine],
            _KINDS[kind_of(one.figure)],
            f"{one.figure.prompt_tokens:,}",
            str(one.figure.concurrency),
            f"{one.figure.value:.3g}",
            f"{one.predicted:.3g}",
            f"{one.off:+.0%}",
            one.figure.source,
        ]
        for one in compared
    ]
    headings = ("Build", "Engine", "Figure", "Prompt", "At once", "Measured", "Predicted", "Off", "Source")
    return Table(
        "Seconds for first tokens, else tokens per second",
        headings,
        rows,
        frozenset({3, 4, 5, 6, 7}),
        frozenset({8}),
    )


def _left_out(left_out: Sequence[Unpredicted]) -> Markup:
    if not left_out:
        return Markup("")
    rows = [[one.run, str(one.figures), one.why] for one in left_out]
    count = sum(one.figures for one in left_out)
    found = Table(
        "Published, and neither predicted nor fitted",
        ("Run", "Figures", "Why"),
        rows,
        frozenset({1}),
        frozenset({2}),
    )
    return folded(f"{count} published figures are left out", table(found))


def _shares(error: Error) -> tuple[str, str, str, str]:
    return percent(error.median), percent(error.mean), percent(error.nine_of_ten), percent(error.worst)
