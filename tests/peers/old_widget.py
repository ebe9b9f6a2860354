"""The old customer widget as a script: its calls with its bodies, reading what it reads and nothing else.

It runs on a page of the company's own site, so every call has that page's `Origin`; its JSON calls are preflighted
by the browser, as a browser would.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from peers.old_socket import Frame, OldSocket, old_socket

SITE = "https://shop.example.com"
STOP_WORDS = frozenset({"stop", "end", "bye", "close", "quit", "exit"})
ENVIRONMENT = {
    "browser": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "platform": "Linux x86_64",
    "language": "en-GB",
    "languages": ["en-GB", "en"],
    "screenWidth": 1920,
    "screenHeight": 1080,
    "windowWidth": 1280,
    "windowHeight": 720,
    "pixelRatio": 1.5,
    "timezone": "Europe/London",
    "timezoneOffset": -60,
    "connection": {"effectiveType": "4g", "downlink": 10, "rtt": 50},
    "cores": 8,
    "memory": None,
    "cookiesEnabled": True,
    "online": True,
    "referrer": "",
    "currentUrl": "https://shop.example.com/racks?size=2#top",
}


@dataclass
class Shown:
    """One bubble in the widget."""

    who: str
    text: str
    confidence: float | None = None


@dataclass
class OldWidget:
    """What the widget's page remembers, and what the customer does with it."""

    base_url: str
    client: httpx2.AsyncClient
    name: str = "Ann Müller"
    email: str = "ann@example.org"
    page_context: Any = "Rack page: 42 U, 800 kg"
    session_id: str = ""
    chat_id: str = ""
    human: bool = False
    shown: list[Shown] = field(default_factory=list)
    socket: OldSocket | None = None

    async def is_online(self) -> bool:
        """On load and every 30 seconds."""
        return (await self._call("GET", "/health")).json()["status"] == "ok"

    async def start(self, **more: Any) -> None:
        """The form is sent; the status is not looked at."""
        body = {
            "userName": self.name,
            "userEmail": self.email,
            "currentPage": "/racks",
            "ticketType": "question",
            "userPriority": "medium",
            "mood": 3,
            "environment": ENVIRONMENT,
        } | more
        told = (await self._call("POST", "/api/chat", json=body)).json()
        self.session_id, self.chat_id = told.get("sessionId", ""), told.get("chatId", "")
        self.human = False  # `mode` is read, then the assistant's is taken whatever it says
        if self.socket and self.session_id:
            await self._join()

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """The socket, with the chat joined if there is one."""
        async with old_socket(self.base_url, origin=SITE) as socket:
            self.socket = socket
            if self.session_id:
                await self._join()
            try:
                yield
            finally:
                self.socket = None

    async def _join(self) -> None:
        assert self.socket
        await self.socket.send(type="chat.join", sessionId=self.session_id, clientType="widget")

    async def categories(self) -> list[tuple[str, str, str]]:
        """`_id`, icon and name of each; anything but an array is none."""
        told = (await self._call("GET", "/api/categories")).json()
        return [(one["_id"], one["icon"], one["name"]) for one in told] if isinstance(told, list) else []

    async def pick(self, category_id: str) -> None:
        """Pick a category, and let the assistant say hello; no message is stored for that."""
        body = {"categoryId": category_id}
        await self._call("PATCH", f"/api/chat/{self.session_id}/category", json=body)
        await self._ask("Hello")

    async def say(self, text: str) -> None:
        """Type a message; some words end the chat instead."""
        if text.strip().lower() in STOP_WORDS:
            await self.end()
            return
        await self._call("POST", "/api/messages", json={"chatId": self.chat_id, "content": text})
        self.shown.append(Shown("user", text))
        if not self.human:
            await self._ask(text)

    async def send_files(self, *files: tuple[str, bytes, str], text: str = "") -> list[dict[str, Any]]:
        """Attach files; without words the message says how many there are, and nobody is asked."""
        multipart = [("files", file) for file in files]
        told = (await self._call("POST", "/api/upload", files=multipart)).json()
        attachments = [
            {"filename": one["originalName"], "url": one["url"], "type": one["type"], "size": one["size"]}
            for one in told["files"]
        ]
        content = text or f"[Sent {len(attachments)} file(s)]"
        body = {"chatId": self.chat_id, "content": content, "attachments": attachments}
        await self._call("POST", "/api/messages", json=body)
        if text and not self.human:
            await self._ask(text)
        return attachments

    async def free_slots(self, date: str = "") -> list[tuple[str, str, str, str]] | str:
        """The calendar's free times, or what went wrong, as it is shown."""
        query = f"?date={date}" if date else ""
        reply = await self._call("GET", f"/api/calendar/slots{query}")
        if not reply.is_success:
            return str(reply.json()["error"])
        return [
            (slot["start"], slot["end"], slot["display"], slot["time"])
            for day in reply.json()["days"]
            if day["label"]
            for slot in day["slots"]
        ]

    async def book(self, start: str, end: str) -> str:
        """Book a call; the link to it, or what went wrong."""
        body = {
            "start": start,
            "end": end,
            "customerName": self.name,
            "customerEmail": self.email,
            "meetingType": "demo",
            "sessionId": self.session_id,
            "notes": "",
        }
        reply = await self._call("POST", "/api/calendar/book", json=body)
        return str(reply.json()["meetingLink"] if reply.is_success else reply.json()["error"])

    async def end(self) -> None:
        await self._call("POST", f"/api/messages/chat/{self.session_id}/end", json={})

    async def leave_page(self) -> None:
        """What a browser's beacon sends while the page goes away: text, without asking first."""
        headers = {"Origin": SITE, "Content-Type": "text/plain;charset=UTF-8"}
        await self.client.post(f"/api/messages/chat/{self.session_id}/end", content="{}", headers=headers)

    async def until_person_joins(self) -> str:
        assert self.socket
        frame = await self.socket.until(lambda frame: frame["type"] == "agent.takeover")
        self.human = True
        return str(frame["agentName"])

    async def until_assistant_is_back(self) -> None:
        assert self.socket
        await self.socket.until(lambda frame: frame["type"] == "agent.return")
        self.human = False

    async def until_told(self, text: str) -> tuple[str, str]:
        """Wait for a message that is not the customer's own: who sent it, and under what name."""

        def is_it(frame: Frame) -> bool:
            return frame["type"] == "chat.message" and frame["message"]["content"] == text

        assert self.socket
        message = (await self.socket.until(is_it))["message"]
        self.shown.append(Shown(message["sender"], text))
        return message["sender"], message["senderName"]

    def bubbles_from_socket(self) -> list[str]:
        """What the socket alone would have shown: messages that are not the customer's."""
        assert self.socket
        messages = [frame["message"] for frame in self.socket.heard if frame["type"] == "chat.message"]
        return [message["content"] for message in messages if message["sender"] != "user"]

    async def _ask(self, text: str) -> None:
        body = {
            "chatId": self.chat_id,
            "message": text,
            "userEmail": self.email,
            "userName": self.name,
            "pageContext": self.page_context,
        }
        told = (await self._call("POST", "/api/ai/query", json=body)).json()
        if not told.get("response"):
            self.shown.append(Shown("error", str(told.get("error", "Something went wrong."))))
            return
        self.shown.append(Shown("ai", told["response"], told["confidence"]))
        self.human = bool(told["needsHuman"])

    async def _call(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"Origin": SITE}
        if "json" in how or method in {"PATCH", "PUT", "DELETE"}:
            await self._preflight(method, path)
        reply = await self.client.request(method, path, headers=headers, **how)
        assert reply.headers["access-control-allow-origin"] == SITE, "the browser would hide the reply"
        assert reply.headers["content-type"].startswith("application/json"), "res.json() would throw"
        return reply

    async def _preflight(self, method: str, path: str) -> None:
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
        reply = await self.client.options(path, headers={"Origin": SITE, **asked})
        assert reply.status_code == 204, reply.text
        assert method in reply.headers["access-control-allow-methods"]
        assert "content-type" in reply.headers["access-control-allow-headers"].lower()
