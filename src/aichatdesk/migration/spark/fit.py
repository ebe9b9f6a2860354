"""Fits the roofline's rates to the published figures, and measures how wrong it is on figures that it has not seen.

Each rate of a build is a sum of effects in logarithms: what is common to all builds, and what is particular to its
engine, its quantisation, its family and itself. An effect is kept near nothing unless the figures ask for it (a normal
prior), so that a build of which little is known is taken for one like its relatives. The posterior's peak is found by
Gauss-Newton steps; figures that no choice fits count less (Huber's weights).
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aichatdesk.migration.spark.figures import Figure, predict
from aichatdesk.migration.spark.roofline import Rates, groups_of

Floats = NDArray[np.float64]

# Of each rate: what is thought of it before any figure, how surely, and how much groups may differ; in logarithms.
_PRIORS = {
    "bus_share": (math.log(0.8), 0.3, 0.1),
    "flops": (math.log(57e12), 0.5, 0.3),
    "expert_spread": (math.log(0.7), 0.3, 0.25),
    "request_seconds": (math.log(0.15), 0.7, 0.5),
    "step_seconds": (math.log(1.5e-3), 0.5, 0.0),
    "answer_seconds": (math.log(0.3e-3), 0.7, 0.0),
    "prompt_tokens": (math.log(150.0), 0.5, 0.0),
}
# These differ by how a model is built and not by the engine or the format of its weights.
_OF_THE_MODEL = ("family ", "build ")
_ONLY_OF_THE_MODEL = frozenset({"expert_spread", "request_seconds"})
_FIGURES_ERROR = 0.1
_HUBER = 0.2
_STEPS = 5
_NUDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted effects, by rate and group, and how far each figure is from what they say."""

    effects: dict[str, dict[str, float]]
    residuals: Floats  # ln(predicted / published), one for each figure


class Fitter:
    """The figures with their groups, ready to be fitted as often as wanted."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self.figures = figures
        self._columns: list[tuple[str, str]] = []
        means, deviations = [], []
        for rate, (mean, deviation, spread) in _PRIORS.items():
            for group in _groups(figures, rate, spread):
                self._columns.append((rate, group))
                means.append(mean if group == "all" else 0.0)
                deviations.append(deviation if group == "all" else spread)
        self._mean, self._deviation = np.array(means), np.array(deviations)
        self._design = self._make_design()
        # A single request's first token holds what a server does only once; see docs/reference/planner-accuracy.md.
        self._counts = np.array([float(one.kind != "first token" or one.is_burst) for one in figures])

    def fit(self) -> tuple[Floats, Fit]:
        """Fit all figures; the parameters too, to begin other fits from."""
        at = self._mean.copy()
        for _ in range(_STEPS):
            residuals, slopes = self._linearise(at)
            at = self._improve(at, residuals, slopes, self._weights(residuals))
        return at, Fit(self.effects(at), self.residuals(at))

    def leave_out(self, at: Floats, key: Callable[[Figure], Hashable]) -> Floats:
        """The residual of each figure, predicted from those of other keys alone, by one step from the whole fit."""
        residuals, slopes = self._linearise(at)
        weights = self._weights(residuals)
        keys = [key(figure) for figure in self.figures]
        unseen = np.empty(len(keys))
        for left_out in set(keys):
            these = np.array([one == left_out for one in keys])
            without = self._improve(at, residuals, slopes, weights * ~these)
            for place in np.flatnonzero(these):
                unseen[place] = self._residual(int(place), without)
        return unseen

    def effects(self, at: Floats) -> dict[str, dict[str, float]]:
        """The parameters by rate and group."""
        effects: dict[str, dict[str, float]] = {rate: {} for rate in _PRIORS}
        for (rate, group), value in zip(self._columns, at, strict=True):
            effects[rate][group] = round(float(value), 5)
        return effects

    def residuals(self, at: Floats) -> Floats:
        """How far the prediction of each figure is from it, as ln(predicted / published)."""
        return np.array([self._residual(place, at) for place in range(len(self.figures))])

    def _residual(self, place: int, at: Floats) -> float:
        return self._off(place, self._design[place] @ at)

    def _off(self, place: int, logs: Floats) -> float:
        figure = self.figures[place]
        rates = Rates(**dict(zip(_PRIORS, np.exp(logs).tolist(), strict=True)))
        return math.log(predict(figure, rates) / figure.value)

    def _linearise(self, at: Floats) -> tuple[Floats, Floats]:
        """Residuals, and how they change with each parameter; shape (figures, parameters)."""
        residuals = np.empty(len(self.figures))
        slopes = np.empty((len(self.figures), len(at)))
        for place in range(len(self.figures)):
            logs = self._design[place] @ at
            residuals[place] = here = self._off(place, logs)
            nudged = [self._off(place, logs + _NUDGE * unit) for unit in np.eye(len(logs))]
            slopes[place] = (np.array(nudged) - here) / _NUDGE @ self._design[place]
        return residuals, slopes

    def _improve(self, at: Floats, residuals: Floats, slopes: Floats, weights: Floats) -> Floats:
        weighted = slopes * weights[:, None] / _FIGURES_ERROR**2
        curvature = weighted.T @ slopes + np.diag(self._deviation**-2.0)
        slope = weighted.T @ residuals + (at - self._mean) / self._deviation**2
        return np.asarray(at - np.linalg.solve(curvature, slope))

    def _weights(self, residuals: Floats) -> Floats:
        return self._counts * np.minimum(1.0, _HUBER / np.maximum(np.abs(residuals), 1e-9))

    def _make_design(self) -> Floats:
        """For each figure, which parameters add up to the logarithm of each rate; shape (figures, rates, parameters)."""
        rates = list(_PRIORS)
        design = np.zeros((len(self.figures), len(rates), len(self._columns)))
        for place, figure in enumerate(self.figures):
            groups = groups_of(figure.build)
            for column, (rate, group) in enumerate(self._columns):
                design[place, rates.index(rate), column] = float(group in groups)
        return design


def _groups(figures: Sequence[Figure], rate: str, spread: float) -> list[str]:
    if not spread:
        return ["all"]
    seen = dict.fromkeys(group for figure in figures for group in groups_of(figure.build))
    if rate in _ONLY_OF_THE_MODEL:
        return [group for group in seen if group == "all" or group.startswith(_OF_THE_MODEL)]
    return list(seen)
