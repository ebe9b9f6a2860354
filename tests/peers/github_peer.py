"""The issues of one GitHub repository on the loopback, with the API's own checks and answers.

Source: https://docs.github.com/en/rest/issues/issues, version 2022-11-28.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from peers.loopback_server import LoopbackServer

TOKEN = "ghp_test"
REPOSITORY = "acme/desk"


class GitHubPeer(LoopbackServer):
    """Keeps the issues that were opened."""

    def __init__(self) -> None:
        path = "/repos/{owner}/{name}/issues"
        super().__init__(
            [Route(path, self._open, methods=["POST"]), Route(path, self._list, methods=["GET"])]
        )
        self.issues: list[dict[str, Any]] = []
        self.listed = 0

    async def _open(self, request: Request) -> Response:
        if refusal := await self._refusal(request):
            return refusal
        issue = await request.json()
        title, body = issue.get("title"), issue.get("body", "")
        labels = issue.get("labels", [])
        if not isinstance(title, str) or not title.strip():
            return _invalid("missing_field", "title")
        if len(title) > 256 or len(body) > 65_536 or any(len(label) > 50 for label in labels):
            return _invalid("invalid", "title")
        number = len(self.issues) + 1
        opened = {
            "number": number,
            "html_url": f"https://github.example/{REPOSITORY}/issues/{number}",
            "title": title,
            "body": body,
            "labels": [{"name": label} for label in labels],
            "state": "open",
            "updated_at": datetime.now(UTC).isoformat(),
        }
        self.issues.append(opened)
        return JSONResponse(opened, 201)

    async def _list(self, request: Request) -> Response:
        if refusal := await self._refusal(request):
            return refusal
        self.listed += 1
        query = request.query_params
        state, size, page = (
            query.get("state", "open"),
            min(int(query.get("per_page", 30)), 100),
            int(query.get("page", 1)),
        )
        since = (
            datetime.fromisoformat(query["since"]) if "since" in query else datetime.min.replace(tzinfo=UTC)
        )
        found = [
            issue
            for issue in reversed(self.issues)
            if state in {"all", issue["state"]} and datetime.fromisoformat(issue["updated_at"]) >= since
        ]
        return JSONResponse(found[(page - 1) * size : page * size])

    async def _refusal(self, request: Request) -> Response | None:
        if scripted := await self.scripted():
            return scripted
        if not request.headers.get("user-agent"):
            return JSONResponse({"message": "Request forbidden by administrative rules."}, 403)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"message": "Bad credentials", "status": "401"}, 401)
        if f"{request.path_params['owner']}/{request.path_params['name']}" != REPOSITORY:
            return JSONResponse({"message": "Not Found", "status": "404"}, 404)
        return None


def _invalid(code: str, field_: str) -> Response:
    errors = [{"resource": "Issue", "code": code, "field": field_}]
    return JSONResponse({"message": "Validation Failed", "errors": errors}, 422)
