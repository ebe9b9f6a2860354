"""The old React dashboard as a script: served by the desk itself, signed in by the other dashboard's cookie.

Only its analytics page sends a token.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from peers.old_dashboard import Refused
from peers.old_socket import OldSocket, old_socket


class OldReactDashboard:
    """One browser with the dashboard open; `client` has its cookies."""

    def __init__(self, base_url: str, client: httpx2.AsyncClient, token: str) -> None:
        self.base_url = base_url
        self.client = client
        self.token = token
        self.rows: list[dict[str, Any]] = []

    async def load_chats(self) -> None:
        self.rows = await self._array("/api/dashboard/chats")
        for row in self.rows:
            assert {"sessionId", "status", "priority", "category", "mode", "startedAt", "waitTime"} <= set(
                row
            )
            assert {"_id", "name"} <= set(row.get("assignedAgent") or {"_id": "", "name": ""})

    async def find(self, words: str) -> list[dict[str, Any]]:
        found = await self._array(f"/api/dashboard/chats/search?q={words}")
        for one in found:
            assert {"_id", "sessionId", "userName", "userEmail", "matchType", "matchSnippet"} <= set(one)
        return found

    async def visitor(self, session_id: str) -> dict[str, Any]:
        told = await self._ok("GET", f"/api/dashboard/chats/{session_id}/info")
        assert {"name", "version"} <= set(told["browser"])
        assert {"name", "version"} <= set(told["os"])
        assert told["device"]["type"]
        assert {"country", "region", "city", "timezone"} <= set(told["location"])
        assert {"userName", "userEmail", "currentPage", "ipAddress", "sessionStarted"} <= set(told)
        return dict(told)

    async def attachments(self, session_id: str) -> list[dict[str, Any]]:
        found = await self._array(f"/api/dashboard/chats/{session_id}/attachments")
        assert all({"filename", "url", "type", "size", "sender", "uploadedAt"} <= set(one) for one in found)
        return found

    async def documents(self) -> list[dict[str, Any]]:
        found = await self._array("/api/knowledge")
        read = {"id", "filename", "originalName", "fileType", "uploadedAt", "chunkCount"}
        assert all(read <= set(one) for one in found)
        return found

    async def canned_responses(self) -> list[dict[str, Any]]:
        found = await self._array("/api/canned-responses")
        read = {"id", "title", "content", "category", "shortcut", "usageCount", "createdBy"}
        assert all(read <= set(one) for one in found)
        return found

    async def save_canned_response(self, response_id: str | None, **form: Any) -> None:
        path = f"/api/canned-responses/{response_id}" if response_id else "/api/canned-responses"
        await self._ok("PATCH" if response_id else "POST", path, json=form)

    async def use_canned_response(self, response_id: str) -> None:
        await self._ok("POST", f"/api/canned-responses/{response_id}/use")

    async def delete_canned_response(self, response_id: str) -> None:
        await self._ok("DELETE", f"/api/canned-responses/{response_id}")

    async def analytics(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        overview = await self._ok("GET", "/api/analytics/overview", headers=headers)
        counts = "totalChats aiResolved humanResolved totalRatings thumbsUp thumbsDown".split()
        assert all(isinstance(overview[name], int) for name in counts)
        assert {"avgResponseTimeMinutes", "avgRating", "byCategory", "byPriority", "dateRange"} <= set(
            overview
        )
        questions = await self._ok("GET", "/api/analytics/common-questions?limit=10", headers=headers)
        assert all({"question", "count"} <= set(one) for one in questions)
        return overview, questions

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[OldSocket]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        async with old_socket(self.base_url, origin=self.base_url, cookie=cookie) as socket:
            await socket.connect_dashboard()
            yield socket

    def follow(self, frame: dict[str, Any]) -> None:
        """What the page makes of an event; a missing field throws, as it would there."""
        match frame["type"]:
            case "dashboard.chat.created":
                self.rows = [frame["chat"], *self.rows]
            case "dashboard.chat.updated":
                chat = frame["chat"]
                self.rows = [chat if row["sessionId"] == chat["sessionId"] else row for row in self.rows]
            case "dashboard.chat.closed":
                self.rows = [row for row in self.rows if row["sessionId"] != frame["sessionId"]]
            case "dashboard.message.new":
                assert frame["sessionId"]
                assert frame["message"]["content"]

    async def _array(self, path: str) -> list[dict[str, Any]]:
        told = await self._ok("GET", path)
        assert isinstance(told, list)
        return told

    async def _ok(self, method: str, path: str, **how: Any) -> Any:
        headers = how.pop("headers", {}) | ({"Origin": self.base_url} if method != "GET" else {})
        reply = await self.client.request(method, path, headers=headers, **how)
        told = reply.json()
        if not reply.is_success:
            raise Refused(told["error"])
        return told
