"""The API's description with every status that a route can answer, each in the shape of its surface."""

from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from aichatdesk.entry.reply_schemas import describe_replies
from aichatdesk.platform.http.actor import COOKIE, Required, RequiredFromElsewhere
from aichatdesk.platform.http.errors import NEW_SURFACE
from aichatdesk.platform.http.rate_limit import EXEMPT

# What stands before all routes: JSON that cannot be stored, another site's page, too much of anything.
_ANYWHERE = frozenset({400, 403, 413, 429})
# What a route answers for reasons of its own; a route may also say so itself, by `responses`.
_BESIDES = {
    "/api/agents/login": {401},
    "/api/agents/signup/": {410},
    "/api/ai/": {404, 409, 503},
    "/api/calendar/book": {404, 409, 503},
    "/api/calendar/slots": {503},
    "/api/knowledge": {503},
    "/api/messages": {401, 404, 409},
    "/api/upload": {415, 503},
    "/api/v1/knowledge/": {503},
}
_UNREACHABLE = "422"  # the framework's own kind of refusal; ours is 400
_ERRORS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "description": "What went wrong, in a sentence, and the facts.",
        "properties": {"error": {"type": "string"}},
        "required": ["error"],
        "additionalProperties": True,
    },
    "Problem": {
        "type": "object",
        "description": "What went wrong (RFC 9457): `detail` is a sentence, `code` a word for programs.",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
        },
        "required": ["type", "title", "status", "detail", "code"],
        "additionalProperties": True,
    },
}
_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}


class DescribedApi(FastAPI):
    """An application whose description tells the truth about errors and about who may ask."""

    _complete: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        """The description; made once, and again when routes were added."""
        described = super().openapi()
        if described is not self._complete:
            for route in iter_route_contexts(self.routes):
                if isinstance(route.original_route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        _add_errors(described["paths"][route.path_format][method.lower()], route)
            parts = described.setdefault("components", {})
            schemas = parts.setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            schemas.update(_ERRORS)
            describe_replies(described)
            parts["securitySchemes"] = _SCHEMES
            self._complete = described
        return described


def _add_errors(operation: dict[str, Any], route: RouteContext) -> None:
    """Add what the framework does not know of one route."""
    path, responses = str(route.path), operation["responses"]
    responses.pop(_UNREACHABLE, None)
    guards = list(_guards(route.dependant))
    told = {int(status) for status in responses if status.isdigit() and int(status) >= 400}
    for status in sorted(told | _statuses(path, route.methods or (), guarded=bool(guards))):
        responses[str(status)] = _error(path, HTTPStatus(status), responses.get(str(status), {}))
    for guard in guards:
        operation["x-action"] = guard.action.value
        if isinstance(guard, Required):
            operation["security"] = [{"token": []}, {"cookie": []}]


def _statuses(path: str, methods: Collection[str], *, guarded: bool) -> set[int]:
    found = set(_ANYWHERE)
    if path in EXEMPT:
        found -= {429}
    if guarded:
        found |= {401}
    if "{" in path:
        found |= {404}
        if not {"GET", "HEAD"} & set(methods):
            # A change of something that is there may find it in a state that rules the change out.
            found |= {409}
    for prefix, statuses in _BESIDES.items():
        if path.startswith(prefix):
            found |= statuses
    return found


def _error(path: str, status: HTTPStatus, told: dict[str, Any]) -> dict[str, Any]:
    shape, kind = (
        ("Problem", "application/problem+json")
        if path.startswith(NEW_SURFACE)
        else ("Error", "application/json")
    )
    described = told.get("description") or status.phrase
    return {
        "description": described,
        "content": {kind: {"schema": {"$ref": f"#/components/schemas/{shape}"}}},
    }


def _guards(dependant: Dependant) -> Iterator[Required | RequiredFromElsewhere]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Required | RequiredFromElsewhere):
            yield inner.call
        yield from _guards(inner)
