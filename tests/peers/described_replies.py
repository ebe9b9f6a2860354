"""Compares what a desk answers with the description of its API, whoever asks."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = ("application/json", "application/problem+json")
DESCRIPTION = Path(__file__).parents[2] / "web/protocol/openapi.json"


class DescribedReplies:
    """Lets everything through, and keeps in `faults` each reply that the description does not have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.faults: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        status, kind, body = 0, "", bytearray()

        async def pass_on(message: Message) -> None:
            nonlocal status, kind
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = dict(message["headers"]).get(b"content-type", b"").decode()
            elif message["type"] == "http.response.body" and kind in KINDS:
                body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, pass_on)
        path = getattr(scope.get("route"), "path_format", None)
        if path and kind in KINDS:
            self._compare(path, scope["method"], status, kind, bytes(body))
        return None

    def _compare(self, path: str, method: str, status: int, kind: str, body: bytes) -> None:
        responses = described().get("paths", {}).get(path, {}).get(method.lower(), {}).get("responses")
        if responses is None:
            return
        about = f"{method} {path} {status} {kind}"
        try:
            schema = responses[str(status)]["content"][kind]["schema"]
        except KeyError:
            self.faults.append(f"{about} is not described")
            return
        for fault in validator(json.dumps(schema)).iter_errors(json.loads(body)):
            self.faults.append(f"{about}: {fault.message} at {fault.instance_path}")


@cache
def described() -> dict[str, Any]:
    """The description as it is kept; a test of its own says that it is the server's."""
    return json.loads(DESCRIPTION.read_bytes())


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": described()["components"]})
