#!/usr/bin/env python3
"""Fit the planner's constants to the published measurements, and write them with their errors.

.venv/bin/python tools/fit_roofline.py          # writes constants.json and docs/reference/planner-accuracy.md
.venv/bin/python tools/fit_roofline.py --check  # exits with 1 if they are not what a fit gives
"""

import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.migration import spark
from aichatdesk.migration.spark.accuracy import Error, Fitted, kind_of, measure
from aichatdesk.migration.spark.constants import keep_constants
from aichatdesk.migration.spark.figures import Figure, Unpredicted, published_figures

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "planner-accuracy.md"
KNOWN = {
    "itself": "each figure from all others",
    "relatives": "each model from other models",
    "others": "each family from other families",
}
UNITS = {"decode": "tokens/s", "prefill": "tokens/s", "first token": "s"}

TEXT = """\
# How far off the planner is

`tools/fit_roofline.py` makes this page and the constants of the planner from the [published measurements](../../src/aichatdesk/migration/spark/measurements/README.md). Nobody of this project has measured a DGX Spark. Errors are shares of the published figure.

## Errors

{errors}

"In the fit" is how well the constants describe the figures that they were fitted to. The other lines predict figures that were left out of the fit. They are what you should expect of a plan: the first for a build that is among the measurements, the second for another model of a family that is, the third for a family that nobody has measured.

"Alone" are first tokens of single requests. They are not fitted: the published ones are up to half a second longer or shorter than the bursts of the same build explain, as a server's first requests are. The plan's figure for one visitor carries that error.

Left out one by one, {right} of {verdicts} published first tokens are predicted on the right side of five seconds.

A figure is left out together with the same measurement of another version of the server. Leaving out is done by one Gauss-Newton step from the whole fit; a test compares that with a fit that has never seen a family. A model's sizes are those of the [catalogue](../../src/aichatdesk/inference/catalogue/chat_models.json), from the model's published configuration; none could be looked up while this was written.

## Every figure

Predicted from all other figures. "At once" is how many equal requests came together.

{figures}

## Published, and not in this table

{left_out}

## Never published

Of these models of the catalogue no figure was published: {unmeasured}.
"""


def main() -> None:
    figures, left_out = published_figures()
    fitted = measure(figures)
    with tempfile.TemporaryDirectory() as folder:
        keep_constants(fitted, Path(folder))
        constants = (Path(folder) / "constants.json").read_text("utf-8")
    made = {
        Path(spark.__file__).parent / "constants.json": constants,
        PAGE: page(fitted, figures, left_out),
    }
    if "--check" in sys.argv:
        stale = [
            str(path.relative_to(ROOT)) for path, text in made.items() if path.read_text("utf-8") != text
        ]
        sys.exit(f"Run tools/fit_roofline.py: stale are {', '.join(stale)}" if stale else 0)
    for path, text in made.items():
        path.write_text(text, "utf-8")
    sys.stdout.write(f"{len(figures)} figures fitted.\n")


def page(fitted: Fitted, figures: tuple[Figure, ...], left_out: tuple[Unpredicted, ...]) -> str:
    accuracy = fitted.accuracy
    return TEXT.format(
        errors="\n".join(error_table(fitted)),
        right=accuracy.right_verdicts,
        verdicts=accuracy.verdicts,
        figures="\n".join(figure_table(fitted, figures)),
        left_out="\n".join(
            f"* {one.run}: {one.figures} figure{'s' if one.figures > 1 else ''}. {one.why}."
            for one in left_out
        ),
        unmeasured=", ".join(unmeasured(figures)),
    )


def unmeasured(figures: tuple[Figure, ...]) -> Iterator[str]:
    measured = {figure.build.name for figure in figures}
    return (model.title for model in load_catalogue().chat if model.id not in measured)


def error_table(fitted: Fitted) -> Iterator[str]:
    yield "| Figures | Predicted | How many | Median | Mean | Nine of ten within | Worst |"
    yield "|---|---|---|---|---|---|---|"
    accuracy = fitted.accuracy
    for kind, error in accuracy.seen.items():
        yield error_row(kind, "in the fit", error)
        for known, words in KNOWN.items():
            yield error_row(kind, words, accuracy.unseen[known][kind])  # type: ignore[index]


def error_row(kind: str, how: str, error: Error) -> str:
    shares = (error.median, error.mean, error.nine_of_ten, error.worst)
    return f"| {kind} | {how} | {error.figures} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def figure_table(fitted: Fitted, figures: tuple[Figure, ...]) -> Iterator[str]:
    yield "| Model | Weights, engine | Figure | Prompt | At once | Published | Predicted | Error | Source |"
    yield "|---|---|---|---|---|---|---|---|---|"
    catalogue = load_catalogue()
    rows = zip(figures, fitted.unseen, strict=True)
    for figure, off in sorted(rows, key=lambda row: (row[0].build.name, kind_of(row[0]))):
        title = catalogue.chat_model(figure.build.name).title
        unit, predicted = UNITS[figure.kind], figure.value * math.exp(off)
        yield (
            f"| {title} | {figure.build.quant}, {figure.build.engine} | {figure.kind} | {figure.prompt_tokens} "
            f"| {figure.concurrency} | {figure.value:.4g} {unit} | {predicted:.4g} {unit} "
            f"| {math.expm1(off):+.0%} | {figure.source} |"
        )


if __name__ == "__main__":
    main()
