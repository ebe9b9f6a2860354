"""Requests that the old server took as well: HEAD, a slash at the end, forms, and no body for an empty object."""

import json
import re
from http import HTTPStatus
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FORM = "application/x-www-form-urlencoded"
_METHODS = frozenset({"POST", "PUT", "PATCH"})
_API = "/api/"
_MOST_FIELDS = 1000
_DEEPEST = 5
_INNER = re.compile(r"\[([^\[\]]*)\]")


class OldRequests:
    """Gives routes the path, method and JSON object that they know."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # the server sends no body for it, whatever the route gives
            scope = {**scope, "method": "GET"}
        if scope["path"].startswith(_API) and scope["path"].endswith("/"):
            path = scope["path"].rstrip("/")
            scope = {**scope, "path": path, "raw_path": path.encode()}
        if scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _FORM and not _is_empty(headers):
            await self._app(scope, receive, send)
            return
        del headers["content-length"]
        headers["content-type"] = "application/json"
        told = _Told(receive)
        await self._app({**scope, "headers": headers.raw}, told.receive, send)


class _Told:
    """The body in its new form, made when the route asks for it: its errors are the route's."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._done = False

    async def receive(self) -> Message:
        if self._done:
            return await self._receive()
        body = b""
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self._done = True
        return {"type": "http.request", "body": json.dumps(form_fields(body)).encode(), "more_body": False}


def form_fields(body: bytes) -> dict[str, Any]:
    """The object that a form's fields name: `a[b]=1`, `a[]=1` and repeated names are read as nested.

    Raises:
        HTTPException: It has too many fields, or is no text.
    """
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"The form cannot be read: {error}.") from error
    found: dict[str, Any] = {}
    for name, value in fields:
        _put(found, _path(name), value)
    return found


def _is_empty(headers: MutableHeaders) -> bool:
    if "transfer-encoding" in headers or headers.get("content-type", "").startswith("multipart/"):
        return False
    return headers.get("content-length", "0") == "0"


def _path(name: str) -> list[str]:
    outer, bracket, _ = name.partition("[")
    inner = _INNER.findall(name[len(outer) :])
    if (
        not outer
        or not bracket
        or len(inner) > _DEEPEST
        or outer + "".join(f"[{one}]" for one in inner) != name
    ):
        return [name]
    return [outer, *inner]


def _put(found: dict[str, Any], path: list[str], value: str) -> None:
    """Set a field; a name that is a value already and an object now keeps its first meaning."""
    for place, following in pairwise(path):
        inner = found.setdefault(place, [] if following == "" else {})
        if following == "":
            if isinstance(inner, list):
                inner.append(value)
            return
        if not isinstance(inner, dict):
            return
        found = inner
    last = path[-1]
    if last not in found:
        found[last] = value
    elif isinstance(found[last], list):
        found[last].append(value)
    elif isinstance(found[last], str):
        found[last] = [found[last], value]
