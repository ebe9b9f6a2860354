"""JSON from strangers: what we take is of moderate depth and can be stored and sent on."""

import json
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection

from aichatdesk.core.errors import Invalid

_DEEPEST = 64


class NotJson(Invalid):
    """The text is no JSON at all."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The text is not valid JSON: {reason}.")


class TooDeep(Invalid):
    """Objects and arrays lie too deep in one another."""

    def __init__(self) -> None:
        super().__init__(f"The JSON is nested too deeply: at most {_DEEPEST} levels are allowed.")


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        NotJson: It is none.
        Invalid: It is too deep, or holds what cannot be stored: half a surrogate pair, NaN, a number without end.
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise TooDeep from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotJson(str(error)) from error
    except ValueError as error:
        raise Invalid("The JSON has a number with too many digits.") from error
    _require_storable(value)
    return value


async def refuse_odd_json(connection: HTTPConnection) -> None:
    """Check a request's JSON body before any route sees it; raises `Invalid`.

    A body that is no JSON at all is left to its route: some take any text.
    """
    if not isinstance(connection, Request) or not _says_json(connection):
        return
    if body := await connection.body():
        try:
            parse_json(body)
        except NotJson:
            return


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _require_storable(value: Any) -> None:
    if not _is_shallow(value):
        raise TooDeep
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise Invalid("The JSON has a text with half a surrogate pair.") from error
    except ValueError as error:
        raise Invalid("NaN and Infinity are no JSON numbers.") from error


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
