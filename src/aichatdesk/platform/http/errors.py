"""How a kind of error looks over HTTP: mapped once, in the old shape or as problem+json under /api/v1."""

import uuid
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from aichatdesk.core.errors import DeskError

STATUS_BY_KIND = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "gone": HTTPStatus.GONE,
    "conflict": HTTPStatus.CONFLICT,
    "busy": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported": HTTPStatus.BAD_REQUEST,
    "unsupported_media": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "misconfigured": HTTPStatus.SERVICE_UNAVAILABLE,
}
_CODES = {HTTPStatus.NOT_FOUND: "not_found", HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large"}
NEW_SURFACE = "/api/v1/"
_RETRY_SECONDS = "5"
_log = structlog.get_logger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error of the application in the shape of its surface; a defect shows no details."""

    @app.exception_handler(DeskError)
    async def desk_error(request: Request, error: DeskError) -> JSONResponse:
        status = STATUS_BY_KIND.get(error.kind, HTTPStatus.INTERNAL_SERVER_ERROR)
        facts = {_wire(name): value for name, value in error.facts.items()}
        return error_reply(request.url.path, status, error.message, code=error.kind, facts=facts)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return error_reply(request.url.path, HTTPStatus.BAD_REQUEST, _sentence(error), code="invalid")

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        # The old server had no 405: a route is its path with its method.
        status = (
            HTTPStatus.NOT_FOUND
            if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            else HTTPStatus(error.status_code)
        )
        message = (
            f"Cannot {request.method} {request.url.path}"
            if status == HTTPStatus.NOT_FOUND
            else str(error.detail)
        )
        return error_reply(request.url.path, status, message, code=_CODES.get(status, "invalid"))

    @app.exception_handler(Exception)
    async def defect(request: Request, error: Exception) -> JSONResponse:
        request_id = uuid.uuid4().hex
        _log.error("request failed", path=request.url.path, request_id=request_id, exc_info=error)
        return error_reply(
            request.url.path,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Internal server error",
            code="internal",
            facts={"requestId": request_id},
        )


def error_reply(
    path: str, status: HTTPStatus, message: str, *, code: str, facts: dict[str, Any] | None = None
) -> JSONResponse:
    """One error in the shape that belongs to the path."""
    headers = {}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = str((facts or {}).get("retryAfter", _RETRY_SECONDS))
    if not path.startswith(NEW_SURFACE):
        return JSONResponse({"error": message, **(facts or {})}, status, headers)
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": message,
        "code": code,
        **(facts or {}),
    }
    return JSONResponse(problem, status, headers, media_type="application/problem+json")


def _sentence(error: RequestValidationError) -> str:
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        return f"The body is not valid JSON: {problem['ctx']['error']}."
    place = ".".join(str(part) for part in problem["loc"][1:]) or "body"
    text = problem["msg"]
    return f"{place}: {text[0].lower()}{text[1:]}."


def _wire(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
