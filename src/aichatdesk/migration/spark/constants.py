"""The fitted rates as they travel with the package; `tools/fit_roofline.py` writes them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from aichatdesk.migration.spark.accuracy import Accuracy, Error, Fitted, Known
from aichatdesk.migration.spark.figures import published_figures
from aichatdesk.migration.spark.roofline import Build, Effects, Rates, groups_of, rates_of

_FILE = "constants.json"
# A build may be known for how fast it writes, and not for how fast it reads prompts.
Side = Literal["writing", "reading"]


@dataclass(frozen=True, slots=True)
class Constants:
    """What was fitted, and how well."""

    effects: Effects
    accuracy: Accuracy

    def rates(self, build: Build) -> Rates:
        """What an engine reaches with a build."""
        return rates_of(build, self.effects)

    def known_of(self, build: Build, side: Side) -> Known:
        """What was measured that says something of how fast a build writes, or reads."""
        *_, family, itself = groups_of(build)
        measured = _measured()[side]
        return "itself" if itself in measured else "relatives" if family in measured else "others"

    def errors(self, build: Build) -> dict[str, Error]:
        """How far off predictions of this build may be, by kind of figure."""
        writing, reading = (
            self.accuracy.unseen[self.known_of(build, side)] for side in ("writing", "reading")
        )
        return reading | {"decode": writing["decode"]}


@cache
def _measured() -> Mapping[Side, frozenset[str]]:
    """The groups of which there are figures of each side."""
    sides: dict[Side, set[str]] = {"writing": set(), "reading": set()}
    for figure in published_figures()[0]:
        sides["writing" if figure.kind == "decode" else "reading"].update(groups_of(figure.build))
    return {side: frozenset(groups) for side, groups in sides.items()}


@cache
def load_constants() -> Constants:
    """Read the constants that travel with the package."""
    kept = json.loads((resources.files(__package__) / _FILE).read_text("utf-8"))
    accuracy = kept["accuracy"]
    return Constants(
        kept["effects"],
        Accuracy(
            _errors(accuracy["seen"]),
            {known: _errors(errors) for known, errors in accuracy["unseen"].items()},
            accuracy["right_verdicts"],
            accuracy["verdicts"],
        ),
    )


def keep_constants(fitted: Fitted, folder: Path) -> None:
    """Write the constants as they will be read."""
    kept = {"effects": fitted.fit.effects, "accuracy": asdict(fitted.accuracy)}
    (folder / _FILE).write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def _errors(kept: dict[str, dict[str, float]]) -> dict[str, Error]:
    return {
        kind: Error(int(one["figures"]), one["median"], one["mean"], one["nine_of_ten"], one["worst"])
        for kind, one in kept.items()
    }
