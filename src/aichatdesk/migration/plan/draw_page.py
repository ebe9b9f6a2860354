"""The plan as one HTML file: it holds all it shows, asks the network for nothing, and runs no script."""

from collections.abc import Sequence

from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.charts import Series, legend, line_chart, stacked_bar
from aichatdesk.migration.plan.html_parts import (
    Cell,
    Table,
    facts,
    figure,
    listing,
    section,
    sentences,
    table,
    whole_page,
)
from aichatdesk.migration.plan.make_plan import Plan
from aichatdesk.migration.plan.markup import Markup, element
from aichatdesk.migration.plan.show_accuracy import accuracy_section
from aichatdesk.migration.plan.show_alternatives import alternatives_section
from aichatdesk.migration.plan.targets import LONGEST_FIRST_RESPONSE, Load
from aichatdesk.migration.plan.verdict import (
    ENGINES,
    accuracy_of,
    quant_name,
    seconds,
    verdict_of,
)
from aichatdesk.migration.spark.constants import Constants

_ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No"}
_KINDS = {"yes": "good", "partly": "", "no": "bad"}


def plan_page(plan: Plan, constants: Constants) -> str:
    """The whole document."""
    chosen = plan.chosen
    title = f"{chosen.choice.model.title} on a DGX Spark"
    parts = [_targets(chosen), _memory(chosen)]
    if chosen.loads:
        parts.append(_speed(plan))
    parts += [alternatives_section(plan), *_serving(plan), accuracy_section(constants), *_remarks(plan)]
    return whole_page(
        title,
        element("header", _top(plan, title), class_="top"),
        element("main", parts),
        element("footer", _FOOTER),
    )


_FOOTER = (
    "Made by aichatdesk plan. Every figure is a prediction from measurements that others have published; "
    "try what you mean to rely on."
)


def _top(plan: Plan, title: str) -> list[Markup]:
    asked, chosen = plan.question, plan.chosen
    verdict = verdict_of(plan)
    return [
        element("p", "AIChatDesk · plan for a DGX Spark", class_="brand"),
        element("h1", title),
        facts([
            ("Weights", quant_name(chosen.choice.checkpoint.quant)),
            ("Engine", ENGINES[chosen.choice.engine]),
            ("Prompt", f"{asked.prompt_tokens:,} tokens"),
            ("Answer", f"{asked.answer_tokens:,} tokens"),
            ("Context", f"{asked.context_tokens:,} tokens"),
            ("Answers at once", f"{asked.concurrency}"),
            ("Embeddings", plan.embedder.title),
        ]),
        element(
            "div",
            element("h2", verdict.headline),
            element("p", " ".join(verdict.sentences)),
            element("p", verdict.better, class_="better") if verdict.better else "",
            class_=f"verdict {_KINDS[verdict.level]}".strip(),
        ),
    ]  # fmt: skip


def _targets(chosen: Assessment) -> Markup:
    items = [
        element(
            "li",
            element("span", _ANSWERS[target.holds], class_=f"answer {_KINDS[target.holds]}".strip()),
            element("strong", target.title),
            element("p", target.says, " Too close to tell without a trial." if target.close else ""),
        )
        for target in chosen.targets
    ]
    return section("targets", "The promises of the migration", element("ul", items, class_="targets"))


def _memory(chosen: Assessment) -> Markup:
    memory = chosen.memory
    parts = [(part.name, part.gb) for part in memory.parts]
    told = ", ".join(f"{name} {gb:.1f} GB" for name, gb in parts)
    left = memory.plannable_gb - memory.total_gb
    end = f"{left:.1f} GB are left" if left >= 0 else f"{-left:.1f} GB are missing"
    chart = stacked_bar(
        "memory-bar", "What takes the memory", f"{told}; {end} of {memory.plannable_gb:.0f} GB.", parts,
        whole=memory.visible_gb, mark=memory.plannable_gb,
    )  # fmt: skip
    names = legend([name for name, _ in parts], "part", [f"{gb:.1f} GB" for _, gb in parts])
    caption = (
        f"Of {memory.visible_gb:.0f} GB that the system shows, {memory.plannable_gb:.0f} GB can be planned with: up to "
        f"the line in the bar. {end}."
    )
    return section("memory", "Memory", figure(f"{memory.total_gb:.1f} GB are taken", caption, chart, names))


def _speed(plan: Plan) -> Markup:
    loads = list(plan.chosen.loads.values())
    longest = (LONGEST_FIRST_RESPONSE, f"promised: {LONGEST_FIRST_RESPONSE:.0f} s")
    charts = [
        _waits_chart(loads, "first-sentence", "First sentence", "What the desk shows first: it is checked before it is sent", longest),
        _waits_chart(loads, "first-token", "First token", "When the model begins to write what can be seen", longest),
        _waits_chart(loads, "answer", "Whole answer", f"Some {plan.question.answer_tokens:,} tokens", None),
        _throughput_chart(loads),
    ]  # fmt: skip
    explained = (
        "Under way: each visitor asks again as soon as the answer is there, so that so many questions are always being "
        "answered; lengths vary by half. At once: all ask at the same moment. More visitors than answers at once wait in a queue."
    )
    return section(
        "speed",
        "How long visitors wait",
        element("p", explained),
        element("div", charts, class_="charts"),
        table(_visitor_table(loads)),
    )


def _waits_chart(
    loads: Sequence[Load], key: str, title: str, caption: str, target: tuple[float, str] | None
) -> Markup:
    name = key.replace("-", "_")
    lines = {
        "half": [(load.visitors, getattr(load.under_way, name).p50) for load in loads],
        "95 %": [(load.visitors, getattr(load.under_way, name).p95) for load in loads],
        "95 %, all at once": [(load.visitors, getattr(load.at_once, name).p95) for load in loads],
    }
    first, last = loads[0].visitors, loads[-1].visitors
    told = "; ".join(
        f"{line}: {seconds(points[0][1])} with {first}, {seconds(points[-1][1])} with {last}"
        for line, points in lines.items()
    )
    series = [Series(line, points, dashed=number > 0) for number, (line, points) in enumerate(lines.items())]
    chart = line_chart(
        f"chart-{key}", f"{title} by number of visitors", f"{told}. All values are in the table below.", series,
        x_label="visitors", y_label="seconds", target=target,
    )  # fmt: skip
    return figure(title, caption, chart, legend(list(lines), "line"))


def _throughput_chart(loads: Sequence[Load]) -> Markup:
    points = [(load.visitors, load.under_way.answers_per_minute) for load in loads]
    told = f"{points[0][1]:.0f} with {points[0][0]}, {points[-1][1]:.0f} with {points[-1][0]}. All values are in the table below."
    chart = line_chart(
        "chart-throughput", "Answers a minute by number of visitors", told, [Series("answers", points)],
        x_label="visitors", y_label="answers a minute",
    )  # fmt: skip
    return figure("Answers a minute", "With so many questions always under way", chart)


def _visitor_table(loads: Sequence[Load]) -> Table:
    rows = [
        [
            str(load.visitors),
            *_spread(load.under_way.first_token),
            *_spread(load.under_way.first_sentence, LONGEST_FIRST_RESPONSE),
            *_spread(load.under_way.answer),
            *_spread(load.at_once.first_sentence, LONGEST_FIRST_RESPONSE)[1:],
            *_spread(load.at_once.answer)[1:],
            f"{load.under_way.answers_per_minute:.0f}",
        ]
        for load in loads
    ]
    headings = (
        "Visitors", "First token, half", "95 %", "First sentence, half", "95 %", "Whole answer, half", "95 %",
        "At once: first sentence, 95 %", "At once: whole answer, 95 %", "Answers a minute",
    )  # fmt: skip
    return Table(
        "Half of the visitors, and 95 % of them, wait no longer than this",
        headings,
        rows,
        frozenset(range(1, 10)),
    )


def _spread(spread: object, limit: float | None = None) -> list[str | Cell]:
    values = (getattr(spread, "p50"), getattr(spread, "p95"))  # noqa: B009
    return [Cell(seconds(value), None if limit is None else value <= limit) for value in values]


def _serving(plan: Plan) -> list[Markup]:
    if not plan.files:
        return []
    first = ("commands.sh",)
    names = [
        *(name for name in first if name in plan.files),
        *(name for name in plan.files if name not in first),
    ]
    return [
        section(
            "serving",
            "How to serve it",
            element("p", "The commands, and the files that set up the Spark and the desk. ", element("code", "aichatdesk plan --write FOLDER"), " writes them. Secrets are placeholders that the desk refuses."),
            [listing(name, plan.files[name], is_open=name in first) for name in names],
        )
    ]  # fmt: skip


def _remarks(plan: Plan) -> list[Markup]:
    speed = plan.embedding
    hours = speed.chunks_seconds
    told = [
        *plan.remarks,
        accuracy_of(plan.chosen),
        f"Embedding {speed.chunks:,} pieces of the knowledge base takes about {seconds(hours)}; an estimate.",
        f"{plan.chosen.choice.model.title}: licence {plan.chosen.choice.model.licence}; sizes from {plan.chosen.choice.model.source}.",
    ]
    return [section("remarks", "What else to know", sentences(told))]
