"""What the replies of the simulation share: how a body is read, and vLLM's form of an error."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from aichatdesk.core.errors import Invalid
from aichatdesk.platform.http.json_text import parse_json

_LARGEST_BODY = 8 * 1024 * 1024
# A client that is still sending would not see the reply; so much is read and thrown away for its sake.
_LARGEST_READ = 64 * 1024 * 1024
_KINDS = {404: "NotFoundError", 413: "RequestEntityTooLargeError"}


class Refused(Exception):
    """A request that cannot be served as it is."""

    def __init__(self, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


async def refusal(_request: Request, error: Exception) -> JSONResponse:
    """The reply to a refused request."""
    assert isinstance(error, Refused)
    kind = _KINDS.get(error.status, "BadRequestError")
    fault = {"message": error.message, "type": kind, "param": None, "code": int(error.status)}
    headers = {"Connection": "close"} if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    return JSONResponse({"error": fault}, error.status, headers)


async def read_body(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request.

    Raises:
        Refused: There is none, or it is larger than 8 MB.
    """
    content, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _LARGEST_BODY:
            content += chunk
        elif size > _LARGEST_READ:
            break
    if size > _LARGEST_BODY:
        raise Refused(
            f"The body is too large: at most {_LARGEST_BODY // 2**20} MB.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    try:
        body = parse_json(bytes(content))
    except Invalid as error:
        raise Refused(error.message) from error
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.")
    return body
