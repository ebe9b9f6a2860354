"""The part of the page that says what else would do: other models, and other builds of the same."""

from collections.abc import Callable, Sequence

from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.charts import Bar, bar_chart
from aichatdesk.migration.plan.html_parts import Cell, Table, figure, folded, section, table
from aichatdesk.migration.plan.make_plan import Plan
from aichatdesk.migration.plan.markup import Markup, element
from aichatdesk.migration.plan.targets import TARGET_VISITORS, Holds
from aichatdesk.migration.plan.verdict import name_of, seconds

_GOOD: dict[Holds, bool | None] = {"yes": True, "partly": None, "no": False}


def alternatives_section(plan: Plan) -> Markup:
    """Charts and a table of the plan's model beside others."""
    shown = [plan.chosen, *plan.alternatives]
    charts = [
        _bars("rates", "Tokens a second", "How fast one answer alone is written", plan, _rate),
        _bars(
            "answers",
            "Whole answer with ten visitors",
            "What half of them wait at most; shorter is better",
            plan,
            _ten,
        ),
    ]
    told = (
        "The best build of each other model, ranked by the promises that it keeps, then by its size: a larger model of "
        "one kind mostly writes better. Green keeps every promise, were it only while visitors do not all ask at once."
    )
    others = plan.other_builds
    return section(
        "alternatives",
        "What else would do",
        element("p", told),
        element("div", charts, class_="charts"),
        table(_assessment_table("The plan's model, and others", shown, chosen=0)),
        folded("Other builds of the same model", table(_assessment_table("Other builds", others)))
        if others
        else "",
    )


def _bars(
    key: str, title: str, caption: str, plan: Plan, value: Callable[[Assessment], tuple[float, str]]
) -> Markup:
    bars = [
        Bar(name_of(one), *value(one), one.memory.fits and one.keeps_all, chosen=one is plan.chosen)
        for one in (plan.chosen, *plan.alternatives)
    ]
    told = "; ".join(f"{bar.name}: {bar.told}" for bar in bars)
    return figure(title, caption, bar_chart(f"chart-{key}", title, told + ".", bars))


def _rate(one: Assessment) -> tuple[float, str]:
    rate = one.decode_tokens_per_second
    return rate, f"{rate:.0f} tok/s" if rate >= 9.5 else f"{rate:.1f} tok/s"


def _ten(one: Assessment) -> tuple[float, str]:
    load = one.loads.get(10)
    return (load.under_way.answer.p50, seconds(load.under_way.answer.p50)) if load else (0.0, "does not fit")


def _assessment_table(caption: str, shown: Sequence[Assessment], chosen: int | None = None) -> Table:
    visitors = [
        f"{count} visitors" if count > 1 else "first sentence, 1 visitor" for count in TARGET_VISITORS
    ]
    headings = (
        "Build",
        "Parameters",
        "Memory",
        "Tokens a second",
        "95 % have the " + visitors[0],
        *visitors[1:],
        "Licence",
    )
    rows: list[list[str | Cell]] = [
        [
            name_of(one),
            f"{one.choice.model.shape.total_params / 1e9:.1f} B",
            Cell(f"{one.memory.total_gb:.0f} GB", one.memory.fits),
            f"{one.decode_tokens_per_second:.1f}",
            *(_first_sentence(one, count) for count in TARGET_VISITORS),
            one.choice.model.licence,
        ]
        for one in shown
    ]
    return Table(caption, headings, rows, frozenset(range(1, 7)), frozenset({0}), chosen)


def _first_sentence(one: Assessment, visitors: int) -> Cell:
    load = one.loads.get(visitors)
    if load is None:
        return Cell("does not fit", False)
    holds = next(target.holds for target in one.targets if target.id == f"first-response-{visitors}")
    return Cell(f"{holds}, {seconds(load.under_way.first_sentence.p95)}", _GOOD[holds])
