"""Open an issue on GitHub.

Source: https://docs.github.com/en/rest/issues/issues, API version 2022-11-28. GitHub takes no key against
repetition, so each issue carries its item's id in a hidden comment, and a second attempt looks for it first.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx2

from aichatdesk.core.clock import to_iso
from aichatdesk.outbound.call_service import asked_pause, call_service, json_object, require_sendable, told
from aichatdesk.outbound.outbox import Item, NotNow, Rejected

_SERVICE = "GitHub"
_WITHIN = timedelta(seconds=10)
_CLOCKS_MAY_DIFFER = timedelta(hours=1)
_PAGE = 100
_MOST_PAGES = 10


class GitHub:
    """Sends items of kind `ticket`."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        repository: str,
        token: str,
        *,
        within: timedelta = _WITHIN,
    ) -> None:
        self._client = client
        self._url = f"{base_url}/repos/{repository}/issues"
        self._token = require_sendable("GITHUB_TOKEN", token)
        self._within = within

    async def __call__(self, item: Item) -> str | None:
        """The issue's address.

        Raises:
            NotNow: It cannot be opened now.
            Rejected: GitHub will never take it.
        """
        if item.attempts > 1 and (found := await self._opened_before(item)):
            return found
        issue = {**item.payload, "body": f"{_marker(item)}\n{item.payload['body']}"}
        response = await self._call("POST", json=issue)
        if response.status_code == HTTPStatus.CREATED:
            return _address(json_object(response))
        raise self._failure(response)

    async def _opened_before(self, item: Item) -> str | None:
        """The issue that an earlier attempt opened. A list is read, for GitHub's search lags behind."""
        since = to_iso(item.created_at - _CLOCKS_MAY_DIFFER)
        for page in range(1, _MOST_PAGES + 1):
            query = {"state": "all", "since": since, "sort": "created", "direction": "desc"}
            response = await self._call("GET", params={**query, "per_page": _PAGE, "page": page})
            issues = _issues(response)
            if issues is None:
                raise self._failure(response)
            for issue in issues:
                if isinstance(issue, dict) and _marker(item) in str(issue.get("body")):
                    return _address(issue) or self._url
            if len(issues) < _PAGE:
                return None
        return None

    async def _call(self, method: str, **request: Any) -> httpx2.Response:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return await call_service(
            self._client, _SERVICE, method, self._url, within=self._within, headers=headers, **request
        )

    def _failure(self, response: httpx2.Response) -> NotNow | Rejected:
        status = response.status_code
        detail = told(str(json_object(response).get("message") or response.reason_phrase), self._token)
        pause = asked_pause(response, datetime.now(UTC))
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return NotNow(f"GitHub does not know the token (401 {detail}); check GITHUB_TOKEN.")
            case HTTPStatus.FORBIDDEN if pause is None:
                return NotNow(
                    f"GitHub does not allow this (403 {detail}); check that GITHUB_TOKEN may write issues."
                )
            case HTTPStatus.NOT_FOUND:
                return NotNow(
                    f"GitHub does not show the repository (404 {detail}); check GITHUB_REPO, and that GITHUB_TOKEN "
                    "may see it."
                )
            case HTTPStatus.FORBIDDEN | HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.REQUEST_TIMEOUT:
                return NotNow(f"GitHub asks us to wait ({status} {detail}).", pause)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Rejected(f"GitHub refuses this issue ({status} {detail}).")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return NotNow(f"GitHub has a fault ({status} {detail}).", pause)
        return NotNow(
            f"GitHub answered {status} and not 201; check GITHUB_REPO and GITHUB_BASE_URL: the repository may have moved."
        )


def _marker(item: Item) -> str:
    return f"<!-- aichatdesk:{item.id} -->"


def _address(issue: dict[str, Any]) -> str | None:
    address = issue.get("html_url")
    return address if isinstance(address, str) else None


def _issues(response: httpx2.Response) -> list[Any] | None:
    """The list of an answer; None where it is none."""
    if response.status_code != HTTPStatus.OK:
        return None
    try:
        parsed = response.json()
    except ValueError:
        return None
    return parsed if isinstance(parsed, list) else None
