"""The old agents' dashboard as a script: its calls with its bodies, reading what it reads and nothing else.

It is served by the desk itself. Its token goes with what changes things and with most lists; the list of chats and the
messages of one are fetched without it, as the old server asked nobody who they were. The browser adds the cookie.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2

from peers.old_socket import OldSocket, old_socket

CHAT_FIELDS = (
    "_id sessionId status priority mode ticketType userName userEmail startedAt metadata category waitTime"
)
ALWAYS_SHOWN = CHAT_FIELDS.split()


class Refused(Exception):
    """The dashboard shows `error` of a reply that was not ok."""


class OldDashboard:
    """One browser with the dashboard open; `client` keeps its cookies."""

    def __init__(self, base_url: str, client: httpx2.AsyncClient) -> None:
        self.base_url = base_url
        self.client = client
        self.token = ""
        self.agent: dict[str, Any] = {}
        self.socket: OldSocket | None = None

    # Signing in and out

    async def log_in(self, email: str, password: str) -> None:
        told = await self._post("/api/agents/login", {"email": email, "password": password}, token=False)
        self.token, self.agent = told["token"], told["agent"]
        assert self.agent["id"], "the dashboard keeps it"
        assert self.agent["name"]
        assert self.agent.get("systemRole") or self.agent["role"]
        assert isinstance(self.agent["office365Email"], str)

    async def log_out(self) -> None:
        await self._send("POST", "/api/agents/logout")
        self.token, self.agent = "", {}

    # Chats

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """The socket, with the cookie of the browser at its handshake."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        async with old_socket(self.base_url, origin=self.base_url, cookie=cookie) as socket:
            await socket.connect_dashboard()
            self.socket = socket
            try:
                yield
            finally:
                self.socket = None

    async def open_chat(self, session_id: str) -> list[dict[str, Any]]:
        """Select a chat: join it, show its messages."""
        if self.socket:
            await self.socket.send(type="chat.join", sessionId=session_id, clientType="dashboard")
        return await self.messages(session_id)

    async def until_reload(self, session_id: str) -> str:
        """Any event but an error reloads the list; the type of the first one about a chat."""
        assert self.socket
        frame = await self.socket.until(
            lambda frame: frame["type"] != "error" and frame.get("sessionId") == session_id
        )
        return str(frame["type"])

    async def chats(self) -> list[dict[str, Any]]:
        """Every five seconds and at every event; without the token."""
        told = await self._get("/api/dashboard/chats", token=False)
        assert isinstance(told, list), "chats.filter would throw"
        for chat in told:
            assert set(ALWAYS_SHOWN) <= set(chat), "the list would show undefined"
            assert isinstance(chat["metadata"].get("environment") or {}, dict)
        return told

    async def chat(self, session_id: str) -> dict[str, Any]:
        return next(chat for chat in await self.chats() if chat["sessionId"] == session_id)

    async def messages(self, session_id: str) -> list[dict[str, Any]]:
        """Without the token; the cookie shows the notes."""
        told = await self._get(f"/api/chat/{session_id}/messages", token=False)
        assert isinstance(told, list), "messages.forEach would throw"
        for message in told:
            assert {"sender", "content", "sentAt", "isInternal", "attachments"} <= set(message)
            for attached in message["attachments"]:
                assert {"url", "filename", "type"} <= set(attached)
        return told

    async def file(self, url: str) -> bytes:
        reply = await self.client.get(url)
        assert reply.is_success, reply.text
        return reply.content

    async def take_over(self, session_id: str) -> bool:
        return bool((await self._post(f"/api/chat/{session_id}/takeover", {}))["success"])

    async def return_to_ai(self, session_id: str) -> bool:
        return bool((await self._post(f"/api/chat/{session_id}/return-to-ai", {}))["success"])

    async def reply(self, chat_id: str, content: str) -> None:
        """Not even the status is looked at."""
        await self._send(
            "POST", "/api/messages", json={"chatId": chat_id, "content": content, "sender": "agent"}
        )

    async def note_in_chat(self, chat_id: str, content: str) -> None:
        await self._send(
            "POST", "/api/messages", json={"chatId": chat_id, "content": content, "isInternal": True}
        )

    async def suggested_reply(self, chat_id: str) -> str:
        return str((await self._post("/api/ai/suggest-reply", {"chatId": chat_id}))["suggestedReply"])

    async def keep_notes(self, session_id: str, notes: str) -> bool:
        told = await self._ok(await self._send("PUT", f"/api/chat/{session_id}/notes", json={"notes": notes}))
        return bool(told["success"])

    async def end_chat(self, session_id: str) -> None:
        await self._send("POST", f"/api/messages/chat/{session_id}/end", json={})

    async def delete_chat(self, session_id: str) -> int:
        told = await self._ok(await self._send("DELETE", f"/api/chat/{session_id}"))
        assert told["success"] is True
        return int(told["deletedMessages"])

    async def calendar_is_configured(self) -> bool:
        return bool((await self._send("GET", "/api/calendar/status")).json().get("configured"))

    # Knowledge

    async def documents(self) -> list[dict[str, Any]]:
        told = await self._get("/api/knowledge")
        found = told if isinstance(told, list) else told["files"]
        for one in found:
            assert one["originalName"] or one["filename"]
            assert {"fileType", "_id", "uploadedAt", "chunkCount"} <= set(one)
        return found

    async def upload(self, name: str, data: bytes, kind: str) -> tuple[int, int]:
        """How many chunks and embeddings the page says there are."""
        told = await self._ok(
            await self._send("POST", "/api/knowledge/upload", files={"file": (name, data, kind)})
        )
        return int(told["chunks"]), int(told["embeddings"])

    async def import_url(self, url: str) -> str:
        told = await self._post("/api/knowledge/import-url", {"url": url})
        return f"{told['title']}: {told['chunks']} chunks"

    async def document(self, document_id: str) -> dict[str, Any]:
        told = await self._get(f"/api/knowledge/{document_id}")
        assert told["originalName"] or told["filename"]
        assert isinstance(told["chunks"], list)
        return dict(told)

    async def edit_document(self, document_id: str, content: str) -> None:
        await self._ok(await self._send("PUT", f"/api/knowledge/{document_id}", json={"content": content}))

    async def delete_document(self, document_id: str) -> None:
        """The page parses the reply whatever its status is."""
        told = (await self._send("DELETE", f"/api/knowledge/{document_id}")).json()
        if told.get("error"):
            raise Refused(told["error"])

    async def push(self, **pair: str) -> bool:
        return bool((await self._post("/api/knowledge/push", pair | {"source": "Dashboard"}))["success"])

    # Categories

    async def categories(self) -> list[dict[str, Any]]:
        told = await self._get("/api/categories/all")
        assert isinstance(told, list)
        assert all({"_id", "icon", "name", "prompt", "active"} <= set(one) for one in told)
        return told

    async def add_category(self, name: str, prompt: str) -> None:
        body = {"name": name, "icon": "", "prompt": prompt, "active": True}
        await self._send("POST", "/api/categories", json=body)

    async def switch_category(self, category_id: str, *, active: bool) -> None:
        await self._send("PUT", f"/api/categories/{category_id}", json={"active": active})

    async def delete_category(self, category_id: str) -> None:
        await self._send("DELETE", f"/api/categories/{category_id}")

    # People, teams, invitations

    async def agents(self) -> list[dict[str, Any]]:
        told = await self._get("/api/agents")
        found = told if isinstance(told, list) else told["agents"]
        for one in found:
            assert one.get("id") or one["_id"]
            assert all(isinstance(name, str) for name in one["roles"])
            assert {"name", "email", "status", "managerName", "office365Email", "teamsEmail"} <= set(one)
        return found

    async def save_agent(self, agent_id: str | None, **form: Any) -> None:
        """The form of an account; teams are ticked by their ids, and a manager that is not chosen is empty."""
        body = {"systemRole": "agent", "roles": [], "managerId": "", "office365Email": "", "teamsEmail": ""}
        path = f"/api/agents/{agent_id}" if agent_id else "/api/agents"
        await self._ok(await self._send("PUT" if agent_id else "POST", path, json=body | form))

    async def delete_agent(self, agent_id: str) -> None:
        await self._ok(await self._send("DELETE", f"/api/agents/{agent_id}"))

    async def reset_password(self, agent_id: str, new: str) -> None:
        await self._post(f"/api/agents/{agent_id}/reset-password", {"newPassword": new})

    async def teams(self) -> list[dict[str, Any]]:
        told = await self._get("/api/agents/roles")
        found = told if isinstance(told, list) else told["roles"]
        for one in found:
            assert one.get("id") or one["_id"]
            assert {"name", "description", "icon", "managerName", "agentCount"} <= set(one)
        return found

    async def save_team(self, team_id: str | None, **form: Any) -> None:
        body = {"description": "", "icon": "", "managerId": ""} | form
        path = f"/api/agents/roles/{team_id}" if team_id else "/api/agents/roles"
        await self._ok(await self._send("PUT" if team_id else "POST", path, json=body))

    async def delete_team(self, team_id: str) -> None:
        await self._ok(await self._send("DELETE", f"/api/agents/roles/{team_id}"))

    async def invite_links(self) -> list[dict[str, Any]]:
        told = await self._get("/api/agents/invite-links")
        found = told if isinstance(told, list) else told["links"]
        for one in found:
            assert one.get("id") or one["_id"]
            assert {"code", "label", "roles", "maxUses", "usedCount", "createdAt"} <= set(one)
        return [one for one in found if one.get("active", True)]

    async def invite(self, **form: Any) -> None:
        body = {"label": "", "roles": [], "defaultManagerId": None, "maxUses": 0, "expiresAt": None}
        await self._post("/api/agents/invite-links", body | form)

    async def end_invite(self, link_id: str) -> None:
        await self._ok(await self._send("DELETE", f"/api/agents/invite-links/{link_id}"))

    # Settings, profile, search

    async def settings(self) -> dict[str, Any]:
        return dict(await self._get("/api/settings"))

    async def save_settings(self, **values: Any) -> bool:
        return (await self._send("PUT", "/api/settings", json=values)).is_success

    async def profile(self) -> dict[str, Any]:
        told = (await self._get("/api/agents/me"))["agent"]
        assert {"name", "email", "office365Email", "teamsEmail"} <= set(told)
        return dict(told)

    async def save_profile(self, **form: str) -> dict[str, Any]:
        return dict((await self._ok(await self._send("PUT", "/api/agents/me", json=form)))["agent"])

    async def change_password(self, current: str, new: str) -> None:
        body = {"currentPassword": current, "newPassword": new}
        await self._post("/api/agents/change-password", body)

    async def search(self, words: str) -> dict[str, list[dict[str, Any]]]:
        told = await self._get(f"/api/search?q={quote(words)}")
        read = {
            "chats": {"sessionId", "userName", "userEmail", "status"},
            "messages": {"content", "sender", "chatSessionId", "chatUserName", "sentAt"},
            "agents": {"name", "email", "roles", "systemRole"},
            "teams": {"name", "icon"},
        }
        for kind, fields in read.items():
            assert all(fields <= set(one) for one in told[kind]), kind
        return dict(told)

    # How the page fetches

    async def _get(self, path: str, *, token: bool = True) -> Any:
        return await self._ok(await self._send("GET", path, token=token))

    async def _post(self, path: str, body: dict[str, Any], *, token: bool = True) -> Any:
        return await self._ok(await self._send("POST", path, json=body, token=token))

    async def _send(self, method: str, path: str, *, token: bool = True, **how: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if token and self.token else {}
        if method != "GET":
            headers["Origin"] = self.base_url  # a browser tells it with whatever is no plain fetch
        return await self.client.request(method, path, headers=headers, **how)

    async def _ok(self, reply: httpx2.Response) -> Any:
        told = reply.json()
        if not reply.is_success:
            raise Refused(told["error"])
        return told


class OldSignupPage:
    """The page behind an invite link, served by the desk itself."""

    def __init__(self, base_url: str, client: httpx2.AsyncClient, code: str) -> None:
        self._path = f"/api/agents/signup/{code}"
        self._origin = {"Origin": base_url}
        self._client = client

    async def teams(self) -> list[str]:
        return list((await self._ok(await self._client.get(self._path)))["roles"])

    async def sign_up(self, name: str, email: str, password: str) -> None:
        body = {"name": name, "email": email, "password": password}
        await self._ok(await self._client.post(self._path, json=body, headers=self._origin))

    async def _ok(self, reply: httpx2.Response) -> Any:
        """What went wrong is looked for under other names than everywhere else."""
        told = reply.json()
        if not reply.is_success:
            raise Refused(told.get("detail") or told.get("message") or "Something went wrong")
        return told
