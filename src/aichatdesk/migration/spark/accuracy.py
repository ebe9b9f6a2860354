"""How far off the predictions are, measured on figures that were left out of the fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aichatdesk.migration.spark.figures import Figure
from aichatdesk.migration.spark.fit import Fit, Fitter, Floats

# What the fit knows of a build: figures of itself, of its relatives, or of other families alone.
Known = Literal["itself", "relatives", "others"]

# A first token later than this is not "two to five seconds".
FIRST_TOKEN_LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Error:
    """Relative errors of one kind of figure, as shares: 0.08 is 8 %."""

    figures: int
    median: float
    mean: float
    nine_of_ten: float
    worst: float

    @classmethod
    def of(cls, residuals: Sequence[float]) -> "Error":
        """From residuals as ln(predicted / published)."""
        errors = np.abs(np.expm1(residuals))
        return cls(
            len(errors),
            round(float(np.median(errors)), 4),
            round(float(errors.mean()), 4),
            round(float(np.quantile(errors, 0.9)), 4),
            round(float(errors.max()), 4),
        )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The errors by what the fit knew, and how often the verdict on the first token was right.

    Attributes:
        unseen: By what was known, the errors of each kind; figures were left out one by one with what repeats them, by
            model, by family.
        right_verdicts: Of the published first tokens, how many the left-one-out prediction puts on the right side of
            five seconds.
    """

    seen: dict[str, Error]
    unseen: dict[Known, dict[str, Error]]
    right_verdicts: int
    verdicts: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fit with its parameters, its errors, and the residual of each figure when it was left out alone."""

    at: Floats
    fit: Fit
    accuracy: Accuracy
    unseen: Floats


def measure(figures: Sequence[Figure]) -> Fitted:
    """Fit all figures, then predict each from the others: all others, other models', other families'."""
    fitter = Fitter(figures)
    at, fit = fitter.fit()
    one_by_one = fitter.leave_out(at, _measured)
    unseen: dict[Known, Floats] = {
        "itself": one_by_one,
        "relatives": fitter.leave_out(at, lambda figure: figure.build.name),
        "others": fitter.leave_out(at, lambda figure: figure.build.family),
    }
    right = [
        (figure.value * np.exp(off) <= FIRST_TOKEN_LIMIT) == (figure.value <= FIRST_TOKEN_LIMIT)
        for figure, off in zip(figures, one_by_one, strict=True)
        if figure.kind == "first token"
    ]
    accuracy = Accuracy(
        _by_kind(figures, fit.residuals),
        {known: _by_kind(figures, residuals) for known, residuals in unseen.items()},
        int(sum(right)),
        len(right),
    )
    return Fitted(at, fit, accuracy, one_by_one)


def _measured(figure: Figure) -> tuple[object, ...]:
    """What was measured; two runs of it, of two versions of a server, would each give the other away."""
    return figure.kind, figure.build, figure.prompt_tokens, figure.answer_tokens, figure.concurrency


def kind_of(figure: Figure) -> str:
    """The kind of a figure as its error is reported."""
    if figure.kind != "first token":
        return figure.kind
    return "first token at once" if figure.is_burst else "first token alone"


def _by_kind(figures: Sequence[Figure], residuals: Floats) -> dict[str, Error]:
    kinds = dict.fromkeys(kind_of(figure) for figure in figures)
    return {
        kind: Error.of([off for off, one in zip(residuals, figures, strict=True) if kind_of(one) == kind])
        for kind in kinds
    }
