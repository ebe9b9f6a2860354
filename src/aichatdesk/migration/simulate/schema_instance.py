"""A value that a JSON schema allows, made without a model."""

import re
from collections.abc import Mapping
from typing import Any

from aichatdesk.migration.simulate.replies import Refused

_DEEPEST = 32
_MOST_PARTS = 2000
_MOST_ITEMS = 1000
_LONGEST_TEXT = 10_000
# What patterns are tried with. Short, because a pattern can take a time that doubles with each character.
_WORDS = ("text", "a", "1", "A1", "12345", "ABC", "2026-01-01", "a@b.example")
_BY_FORMAT = {
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "a@b.example",
    "uri": "https://b.example/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def instance_of(schema: Mapping[str, Any], text: str) -> Any:
    """The smallest instance; texts in it are `text` where they may be.

    Raises:
        Refused: No instance was found.
    """
    try:
        return _Maker(schema, text).make(schema, 0)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        # A keyword that has a value of another kind than it should.
        raise Refused(f"The JSON schema is not one: {error}.") from error


class _Maker:
    def __init__(self, root: Mapping[str, Any], text: str) -> None:
        self._root = root
        self._text = text
        self._parts = 0

    def make(self, schema: Any, depth: int) -> Any:
        """An instance of one part of the schema."""
        self._parts += 1
        if depth > _DEEPEST or self._parts > _MOST_PARTS:
            raise Refused(
                "The simulation found no small instance of the schema; give it a model with --text."
            )
        if not isinstance(schema, Mapping):
            if schema is False:
                raise Refused("A part of the schema allows nothing.")
            return self._text
        schema = self._resolved(schema, depth)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return schema["enum"][0]
        for several in ("anyOf", "oneOf"):
            if isinstance(schema.get(several), list) and schema[several]:
                return self._first_possible(schema[several], depth)
        return self._of_type(schema, depth)

    def _count(self, depth: int) -> None:
        self._parts += 1
        if depth > _DEEPEST or self._parts > _MOST_PARTS:
            raise Refused(
                "The simulation found no small instance of the schema; give it a model with --text."
            )

    def _resolved(self, schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """The schema with what it refers to and what it consists of."""
        joined: dict[str, Any] = dict(schema)
        parts = [self._referred(joined.pop("$ref"))] if isinstance(joined.get("$ref"), str) else []
        parts += joined.pop("allOf", None) or []
        for part in parts:
            self._count(depth)
            if isinstance(part, Mapping):
                for name, value in self._resolved(part, depth + 1).items():
                    joined[name] = _both(joined.get(name), value)
        return joined

    def _referred(self, reference: str) -> Any:
        found: Any = self._root
        for name in reference.removeprefix("#").strip("/").split("/"):
            key = name.replace("~1", "/").replace("~0", "~")
            if key and not (isinstance(found, Mapping) and key in found):
                raise Refused(f"The schema refers to {reference!r}, which is not in it.")
            found = found[key] if key else found
        return found

    def _first_possible(self, schemas: list[Any], depth: int) -> Any:
        for number, schema in enumerate(schemas, 1):
            try:
                return self.make(schema, depth + 1)
            except Refused:
                if number == len(schemas):
                    raise
        raise AssertionError("unreachable: the last one returns or raises")

    def _of_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        kind = schema.get("type") or ("object" if "properties" in schema else "string")
        match kind[0] if isinstance(kind, list) and kind else kind:
            case "object":
                known = schema.get("properties") or {}
                return {
                    name: self.make(known.get(name, True), depth + 1)
                    for name in schema.get("required") or list(known)
                }
            case "array":
                return self._array(schema, depth)
            case "integer":
                return int(_number(schema, step=1))
            case "number":
                return _number(schema, step=0.5)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return self._string(schema)

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        least = int(schema.get("minItems") or 0)
        if least > _MOST_ITEMS:
            raise Refused(f"The simulation makes lists of at most {_MOST_ITEMS} items.")
        return [self.make(schema.get("items", True), depth + 1)] * least if least else []

    def _string(self, schema: Mapping[str, Any]) -> str:
        least = int(schema.get("minLength") or 0)
        most = min(int(schema.get("maxLength", _LONGEST_TEXT)), _LONGEST_TEXT)
        pattern = str(schema.get("pattern") or "")
        if pattern:
            try:
                fitting = [word for word in _WORDS if re.search(pattern, word)]
            except re.error as error:
                raise Refused(f"The pattern {pattern!r} is not one: {error}.") from error
        else:
            fitting = [
                _BY_FORMAT.get(str(schema.get("format")), self._text.ljust(min(least, most), ".")[:most])
            ]
        for word in fitting:
            if least <= len(word) <= most:
                return word
        raise Refused("The simulation found no text that the schema allows; give it a model with --text.")


def _number(schema: Mapping[str, Any], *, step: float) -> float:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and isinstance(schema.get("exclusiveMinimum"), int | float):
        low = schema["exclusiveMinimum"] + step
    if high is None and isinstance(schema.get("exclusiveMaximum"), int | float):
        high = schema["exclusiveMaximum"] - step
    return float(min(max(0, low if low is not None else 0), high if high is not None else 10**9))


def _both(one: Any, other: Any) -> Any:
    """What two schemas together say under one name."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {**other, **one}
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(value for value in other if value not in one)]
    return other if one is None else one
