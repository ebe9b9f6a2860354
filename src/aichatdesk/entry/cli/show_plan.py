"""A plan on the terminal: the verdict first, then what it rests on."""

import io
import json
import sys
from collections.abc import Sequence

import typer
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from aichatdesk.entry.cli.fitting_table import FittingTable
from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.make_plan import Plan
from aichatdesk.migration.plan.plan_json import models_json
from aichatdesk.migration.plan.targets import LONGEST_FIRST_RESPONSE, TARGET_VISITORS, Holds
from aichatdesk.migration.plan.verdict import accuracy_of, name_of, seconds, verdict_of
from aichatdesk.migration.spark.memory import MemoryUse
from aichatdesk.migration.spark.visitors import Spread

_COLOURS: dict[Holds, str] = {"yes": "green", "partly": "yellow", "no": "red"}
# Each part of the bar has its own character too, for those who see no colours.
_PART_COLOURS = ("cyan", "yellow", "blue", "magenta", "green")
_MARKS = ("█▓▒░▚", "·", "▲")
# For a terminal that knows no other letters.
_ASCII_MARKS = ("#=o+x", ".", "^")
# What the frame around the verdict takes of a line.
_FRAME = 6


def show_plan(plan: Plan) -> None:
    """Print the whole plan."""
    console = _console()
    wide, ascii_only = console.width >= 100, console.options.ascii_only
    console.print(_verdict(plan, console.width))
    for heading, part in (
        ("Promises of the migration", _targets(plan.chosen)),
        ("Memory", _memory(plan.chosen.memory, min(console.width, 100) - 2, ascii_only=ascii_only)),
        ("How long visitors wait", _visitors(plan.chosen)),
        ("What else would do", _others([plan.chosen, *plan.alternatives], wide=wide)),
        ("Other builds of the same model", _others(plan.other_builds, wide=wide)),
        ("What else to know", _remarks(plan, "*" if ascii_only else "•")),
    ):
        if part is not None:
            console.print(Text(f"\n{heading}", style="bold"))
            console.print(part)
    if plan.files:
        _show_commands(console, plan)


def show_models(*, as_json: bool) -> None:
    """Print the models that the catalogue knows."""
    catalogue = load_catalogue()
    if as_json:
        typer.echo(json.dumps(models_json(catalogue), indent=2, ensure_ascii=False))
        return
    table = FittingTable("Model", "Size", "a token", "Weights", "Licence", wraps=(3, 4))
    for model in catalogue.chat:
        shape = model.shape
        quants = " ".join(dict.fromkeys(one.quant for one in model.checkpoints))
        table.add_row(
            model.id, f"{shape.total_params / 1e9:.1f} B", f"{shape.active_params / 1e9:.1f} B", quants, model.licence
        )  # fmt: skip
    embedding = FittingTable("Embedding model", "Numbers", "Longest text", "Licence")
    for one in catalogue.embedders:
        embedding.add_row(one.id, str(one.width), f"{one.context_tokens:,} tokens", one.licence)
    _console().print(Group(table, "", embedding))


def _console() -> Console:
    """Standard output; what a terminal has no letter for becomes a question mark, and stops nothing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False)


def _verdict(plan: Plan, width: int) -> RenderableType:
    verdict = verdict_of(plan)
    colour = _COLOURS[verdict.level]
    parts = [Text(verdict.headline, style=f"bold {colour}")]
    if verdict.sentences:
        parts.append(Text(" ".join(verdict.sentences)))
    if verdict.better:
        parts.append(Text(verdict.better, style="bold"))
    asked = plan.question
    told = Text(
        f"prompt {asked.prompt_tokens:,}, answer {asked.answer_tokens:,}, context {asked.context_tokens:,} tokens, "
        f"{asked.concurrency} answers at once",
        style="dim",
    )
    narrow = told.cell_len + _FRAME > width
    if narrow:
        parts.append(told)
    return Panel(Group(*parts), title=Text(verdict.level.upper(), style=f"bold {colour}"), title_align="left", subtitle=None if narrow else told, subtitle_align="left", border_style=colour, padding=(0, 1))  # fmt: skip


def _targets(chosen: Assessment) -> FittingTable:
    table = FittingTable("", "", "", wraps=(1, 2), heading=False)
    for target in chosen.targets:
        close = " Too close to tell without a trial." if target.close else ""
        table.add_row(
            Text(target.holds, style=f"bold {_COLOURS[target.holds]}"),
            target.title,
            Text(target.says + close),
        )
    return table


def _memory(memory: MemoryUse, width: int, *, ascii_only: bool) -> RenderableType:
    """A bar as wide as the memory that the system shows, with a mark where planning ends."""
    marks, free, end = _ASCII_MARKS if ascii_only else _MARKS
    parts = [
        (mark, colour, part) for mark, colour, part in zip(marks, _PART_COLOURS, memory.parts, strict=True)
    ]
    whole = max(memory.visible_gb, memory.total_gb)
    bar, taken = Text(), 0.0
    for mark, colour, part in parts:
        cells = round((taken + part.gb) / whole * width) - round(taken / whole * width)
        bar.append(mark * cells, style=colour)
        taken += part.gb
    bar.append(free * (width - len(bar)), style="dim")
    edge = round(memory.plannable_gb / whole * width)
    ruler = Text(" " * max(0, edge - 1) + end, style="bold")
    names = Columns(
        [Text.assemble((mark, colour), f" {part.name} {part.gb:.1f} GB") for mark, colour, part in parts],
        padding=(0, 3),
    )  # fmt: skip
    left = memory.plannable_gb - memory.total_gb
    rest = f"{left:.1f} GB are left" if left >= 0 else f"{-left:.1f} GB are missing"
    sentence = Text(
        f"{end} {memory.plannable_gb:.0f} of {memory.visible_gb:.0f} GB can be planned with; {memory.total_gb:.1f} GB are taken, {rest}."
    )
    return Padding(Group(bar, ruler, names, sentence), (0, 1))


def _visitors(chosen: Assessment) -> FittingTable | None:
    if not chosen.loads:
        return None
    table = FittingTable(
        "Visitors\n", "In the\nqueue", "First\ntoken", "First\nsentence", "Whole\nanswer", "All at\nonce", "Per\nminute",
        caption="Half wait no longer than the first time, 95 % no longer than "
        "the second or the only one; so many questions are always under way. All at once: the first sentence where all ask "
        "at one moment.",
    )  # fmt: skip
    for load in chosen.loads.values():
        way, once = load.under_way, load.at_once
        table.add_row(
            str(load.visitors),
            _late(way.queue.p95),
            _spread(way.first_token),
            _spread(way.first_sentence, LONGEST_FIRST_RESPONSE),
            _spread(way.answer),
            _late(once.first_sentence.p95, LONGEST_FIRST_RESPONSE),
            f"{way.answers_per_minute:.0f}",
        )  # fmt: skip
    return table


def _spread(spread: Spread, limit: float | None = None) -> Text:
    first, last = _late(spread.p50, limit), _late(spread.p95, limit)
    if first.plain.endswith(" s") and last.plain.endswith(" s"):
        first.right_crop(2)
    return Text.assemble(first, " / ", last)


def _late(value: float, limit: float | None = None) -> Text:
    return Text(seconds(value), style="" if limit is None else "green" if value <= limit else "red")


def _others(shown: Sequence[Assessment], *, wide: bool) -> FittingTable | None:
    if not shown:
        return None
    visitors = [f"{count} visitors" if count > 1 else "1 visitor" for count in TARGET_VISITORS]
    table = FittingTable(
        "Build", "Memory", "Tokens/s", *visitors, *(["Answer, 10 visitors"] if wide else []), wraps=(0,),
        caption="For 1, 5 and 10 visitors: whether 95 % have the first sentence in time, and when.",
    )  # fmt: skip
    for one in shown:
        load = one.loads.get(TARGET_VISITORS[-1])
        table.add_row(
            Text(name_of(one)),
            Text(f"{one.memory.total_gb:.0f} GB", style="" if one.memory.fits else "red"),
            f"{one.decode_tokens_per_second:.1f}",
            *(_first_sentence(one, count) for count in TARGET_VISITORS),
            *([seconds(load.under_way.answer.p50) if load else "does not fit"] if wide else []),
        )
    return table


def _first_sentence(one: Assessment, visitors: int) -> Text:
    load = one.loads.get(visitors)
    if load is None:
        return Text("no", style="red")
    holds = next(target.holds for target in one.targets if target.id == f"first-response-{visitors}")
    return Text(f"{holds}, {seconds(load.under_way.first_sentence.p95)}", style=_COLOURS[holds])


def _show_commands(console: Console, plan: Plan) -> None:
    """The commands as they are typed: neither wrapped nor padded, so that they can be copied."""
    console.print(Text("\nHow to serve it", style="bold"))
    names = ", ".join(name for name in plan.files if name != "commands.sh")
    console.print(
        Text(f"These are the commands (commands.sh). They use {names}; --write FOLDER writes them all.\n")
    )
    console.print(Text(plan.files.get("commands.sh", "")), soft_wrap=True, end="")


def _remarks(plan: Plan, bullet: str) -> RenderableType:
    model, speed = plan.chosen.choice.model, plan.embedding
    told = [
        *plan.remarks,
        accuracy_of(plan.chosen),
        f"Embedding {speed.chunks:,} pieces of the knowledge base takes about {seconds(speed.chunks_seconds)}; an estimate.",
        f"{model.title}: licence {model.licence}; sizes from {model.source}.",
    ]
    table = Table.grid(padding=(0, 1))
    for sentence in told:
        table.add_row(bullet, Text(sentence))
    return Padding(table, (0, 1))
