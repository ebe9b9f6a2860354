"""The fields of a configuration file, each checked; what is missing or wrong is collected and named together."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from aichatdesk.inference.catalogue.found_model import ModelUnreadable
from aichatdesk.inference.catalogue.read_bounded import shown

_MOST = 1_000_000_000


class Fields:
    """Values by name; a bad one counts as its least value until `refuse_bad` is called.

    `defaults` are what the model's own code takes where the file is silent; each use is noted in `assumed`.
    """

    def __init__(self, values: Mapping[str, Any], *, defaults: Mapping[str, int] | None = None) -> None:
        self.values = values
        self._defaults = defaults or {}
        self.problems: list[str] = []
        self.assumed: list[str] = []

    def whole(self, *names: str, least: int = 1, most: int = _MOST) -> int:
        """The whole number under the first of these names that is there."""
        found = self.whole_or_none(*names, least=least, most=most)
        if found is not None:
            return found
        if not any(self.has(name) for name in names):
            self.complain(f"`{names[0]}` is missing.")
        return least

    def whole_or_none(self, *names: str, least: int = 1, most: int = _MOST) -> int | None:
        """As `whole`, and None where the field is missing or null; a wrong value is still a problem."""
        for name in names:
            if not self.has(name):
                continue
            value = self.values[name]
            if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
                return value
            self.complain(f"`{name}` is {_told(value)}, not a whole number from {least} to {most}.")
            return None
        for name in names:
            if name in self._defaults:
                value = self._defaults[name]
                self.assume(f"`{name}` is not given; {value} was taken, as the model's own code does.")
                return value
        return None

    def flag(self, name: str, default: bool) -> bool:
        """True or false; a missing one is `default`."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(f"`{name}` is {_told(value)}, not true or false.")
            return default
        return value

    def text(self, name: str) -> str:
        """The text, or "" where there is none."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain(f"`{name}` is {_told(value)}, not a text.")
            return ""
        return value

    def texts(self, name: str) -> Sequence[str]:
        """A list of texts; empty where there is none."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.complain(f"`{name}` is not a list of texts.")
            return ()
        return value

    def wholes(self, name: str) -> Sequence[int]:
        """A list of whole numbers; empty where there is none."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, int) and item >= 0 for item in value):
            self.complain(f"`{name}` is not a list of whole numbers.")
            return ()
        return value

    def inner(self, name: str) -> Mapping[str, Any] | None:
        """An object in the object; None where there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.complain(f"`{name}` is {_told(value)}, not an object.")
            return None
        return value

    def has(self, name: str) -> bool:
        """Whether the file says something under this name; null says nothing."""
        return self.values.get(name) is not None

    def is_set(self, name: str) -> bool:
        """Whether the field says more than null, false, 0 or an empty list."""
        return bool(self.values.get(name))

    def names(self) -> list[str]:
        """The names of all fields that say something."""
        return [name for name in self.values if self.has(name)]

    def assume(self, sentence: str) -> None:
        """Note what was taken without being told."""
        if sentence not in self.assumed:
            self.assumed.append(sentence)

    def complain(self, sentence: str) -> None:
        """Note one more reason why the file cannot be used."""
        if sentence not in self.problems:
            self.problems.append(sentence)

    def refuse_bad(self, what: str) -> None:
        """Raise `ModelUnreadable` with every problem that was met so far."""
        if self.problems:
            raise ModelUnreadable(what, self.problems)


def _told(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{shown(value, 40)}"'
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a finite number"
    if isinstance(value, bool):
        return str(value).lower()
    return shown(value, 40)
