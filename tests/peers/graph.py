"""A server that behaves like login.microsoftonline.com and Microsoft Graph, over TLS on the loopback.

    async with GraphPeer(tmp_path) as graph:
        graph.is_busy("2026-02-16T09:00:00", "2026-02-16T09:30:00")
        graph.then(Fault(status=429, headers={"Retry-After": "1"}), on="getSchedule")
        async with running_desk(data, models.base_url, **graph.settings()) as desk: ...

Source of its shapes: https://learn.microsoft.com/graph/api and the OAuth 2.0 client credentials flow of Microsoft Entra.
"""

import asyncio
import contextlib
import secrets
import socket
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET, TENANT = "the-client", "the-secret", "11111111-2222-3333-4444-555555555555"
OWNER = "desk@example.org"


@dataclass
class Fault:
    """What happens to one request instead of, or around, the right answer.

    Attributes:
        status: Answered at once, with `body` and `headers`.
        delay: Seconds before anything happens.
        cut: The connection ends without an answer; `done` says whether the request is carried out first.
    """

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    done: bool = True


@dataclass
class Meeting:
    """A meeting in a calendar of the peer."""

    calendar: str
    sent: dict[str, Any]
    id: str = field(default_factory=lambda: f"AAMk{secrets.token_urlsafe(60)}=")
    cancelled: bool = False

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "transactionId": self.sent.get("transactionId"),
            "iCalUId": f"0400{self.id[4:20]}",
            "subject": self.sent["subject"],
            "start": self.sent["start"],
            "end": self.sent["end"],
            "isCancelled": self.cancelled,
            "onlineMeeting": {"joinUrl": f"https://teams.example/{self.id[4:12]}"},
        }

    def busy(self) -> dict[str, Any]:
        start, end = self.sent["start"]["dateTime"], self.sent["end"]["dateTime"]
        return busy_item(start, end)


def busy_item(start: str, end: str, status: str = "busy") -> dict[str, Any]:
    """As Graph gives it: no zone in the time, seven digits of a second."""
    stamps = [{"dateTime": f"{moment}.0000000", "timeZone": "UTC"} for moment in (start, end)]
    return {"status": status, "start": stamps[0], "end": stamps[1], "subject": "", "isPrivate": False}


class GraphPeer:
    """Serves the sign-in and the calendars."""

    def __init__(self, folder: Path) -> None:
        self.base_url = ""
        self.ca_file = folder / "graph-ca.pem"
        self.meetings: list[Meeting] = []
        self.requests: list[tuple[str, Any]] = []
        self.told: list[Mapping[str, str]] = []
        self.tokens: set[str] = set()
        self.token_life = 3600
        self.secret = SECRET
        self.refuses_repetition = False
        self._busy: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._faults: dict[str, list[Fault]] = defaultdict(list)

    def settings(self) -> dict[str, object]:
        return {
            "MICROSOFT_GRAPH_CLIENT_ID": CLIENT,
            "MICROSOFT_GRAPH_CLIENT_SECRET": SECRET,
            "MICROSOFT_GRAPH_TENANT_ID": TENANT,
            "MICROSOFT_GRAPH_BASE_URL": self.base_url,
            "MICROSOFT_GRAPH_AUTHORITY": self.base_url,
            "OFFICE365_CALENDAR_EMAIL": OWNER,
            "AICHATDESK_CA_FILE": str(self.ca_file),
        }

    def is_busy(self, start: str, end: str, *, status: str = "busy", calendar: str = OWNER) -> None:
        """The owner has something else to do; times in UTC, without a zone."""
        self._busy[calendar].append(busy_item(start, end, status))

    def has_time(self) -> None:
        """Nobody has anything to do any more."""
        self._busy.clear()

    def recover(self) -> None:
        """No more faults."""
        self._faults.clear()

    def then(self, *faults: Fault, on: str) -> None:
        """Do this to the next requests whose path ends so, then go on as before."""
        self._faults[on] += faults

    def asked(self, ending: str) -> list[Any]:
        """The bodies of all requests whose path ends so."""
        return [body for path, body in self.requests if path.endswith(ending)]

    def live(self) -> list[Meeting]:
        return [meeting for meeting in self.meetings if not meeting.cancelled]

    async def __aenter__(self) -> "GraphPeer":
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(str(self.ca_file))
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self.base_url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            Starlette(routes=self._routes()),
            lifespan="off",
            log_config=None,
            loop="none",
            timeout_graceful_shutdown=0,
            ssl_context_factory=lambda *_: _server_side(certificate),
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def _routes(self) -> list[Route]:
        user = "/v1.0/users/{calendar}"
        return [
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route(f"{user}/calendar/getSchedule", self._guarded(self._schedule), methods=["POST"]),
            Route(f"{user}/calendar/events", self._guarded(self._create), methods=["POST"]),
            Route(f"{user}/calendar/calendarView", self._guarded(self._view)),
            Route(f"{user}/events/{{id}}", self._guarded(self._show)),
            Route(f"{user}/events/{{id}}/cancel", self._guarded(self._cancel), methods=["POST"]),
        ]

    async def _discovery(self, request: Request) -> Response:
        if request.path_params["tenant"] != TENANT:
            return JSONResponse({"error": "invalid_tenant", "error_description": "AADSTS90002"}, 400)
        base = f"{self.base_url}/{TENANT}"
        return JSONResponse(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "issuer": f"{base}/v2.0",
            }
        )

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        self.requests.append((request.url.path, form))
        self.told.append(dict(request.headers))
        if fault := self._next_fault(request):
            await asyncio.sleep(fault.delay)
            if fault.status:
                return JSONResponse(fault.body, fault.status, dict(fault.headers))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, self.secret):
            refusal = {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret.",
            }
            return JSONResponse(refusal, 401)
        asked = (form.get("grant_type"), str(form.get("scope")).split())
        if asked != ("client_credentials", [f"{self.base_url}/.default"]):
            return JSONResponse({"error": "invalid_scope", "error_description": "AADSTS1002012"}, 400)
        token = secrets.token_urlsafe(32)
        self.tokens.add(token)
        return JSONResponse(
            {"token_type": "Bearer", "expires_in": self.token_life, "access_token": token},
            headers={"Cache-Control": "no-store"},
        )

    def _guarded(self, answer: Any) -> Any:
        async def guarded(request: Request) -> Response:
            body = await request.json() if request.method == "POST" else dict(request.query_params)
            self.requests.append((request.url.path, body))
            self.told.append(dict(request.headers))
            fault = self._next_fault(request) or Fault()
            if fault.status:
                await asyncio.sleep(fault.delay)
                return JSONResponse(fault.body, fault.status, dict(fault.headers))
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                return _error(
                    401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."
                )
            reply: Response = JSONResponse({}, 504)
            if fault.done:
                reply = answer(request.path_params, body)
            await asyncio.sleep(fault.delay)
            return _Cut(status_code=200, headers={"Content-Length": "1000"}) if fault.cut else reply

        return guarded

    def _next_fault(self, request: Request) -> Fault | None:
        for ending, faults in self._faults.items():
            if faults and request.url.path.endswith(ending):
                return faults.pop(0)
        return None

    def _schedule(self, place: dict[str, str], body: Any) -> Response:
        shown = []
        for calendar in body["schedules"]:
            if "@" not in calendar or calendar.startswith("nobody"):
                failure = {"message": "Unable to resolve.", "responseCode": "ErrorMailRecipientNotFound"}
                shown.append({"scheduleId": calendar, "error": failure})
                continue
            meetings = [one.busy() for one in self.live() if one.calendar == calendar]
            start, end = body["startTime"]["dateTime"], body["endTime"]["dateTime"]
            assert body["startTime"]["timeZone"] == body["endTime"]["timeZone"] == "UTC"
            if datetime.fromisoformat(end) - datetime.fromisoformat(start) > timedelta(days=62):
                return _error(400, "ErrorInvalidParameter", "The requested time duration is too long.")
            items = [
                item
                for item in [*self._busy[calendar], *meetings]
                if item["start"]["dateTime"] < end and item["end"]["dateTime"] > start
            ]
            shown.append({"scheduleId": calendar, "availabilityView": "", "scheduleItems": items})
        return JSONResponse({"value": shown})

    def _create(self, place: dict[str, str], body: Any) -> Response:
        for meeting in self.meetings:
            if body.get("transactionId") and meeting.sent.get("transactionId") == body["transactionId"]:
                if self.refuses_repetition:
                    return _error(409, "ErrorDuplicateTransactionId", "The transaction id is in use.")
                return JSONResponse(meeting.shown(), 201)
        self.meetings.append(Meeting(place["calendar"], body))
        return JSONResponse(self.meetings[-1].shown(), 201)

    def _view(self, place: dict[str, str], asked: Any) -> Response:
        start, end = (asked[name].removesuffix("Z") for name in ("startDateTime", "endDateTime"))
        found = [
            one.shown()
            for one in self.live()
            if one.calendar == place["calendar"]
            and one.sent["start"]["dateTime"] < end
            and one.sent["end"]["dateTime"] > start
        ]
        return JSONResponse({"value": found})

    def _found(self, place: dict[str, str]) -> Meeting | None:
        return next((one for one in self.live() if one.id == place["id"]), None)

    def _show(self, place: dict[str, str], _: Any) -> Response:
        meeting = self._found(place)
        return JSONResponse(meeting.shown()) if meeting else _error(404, "ErrorItemNotFound", "Not found.")

    def _cancel(self, place: dict[str, str], _: Any) -> Response:
        meeting = self._found(place)
        if meeting is None:
            return _error(404, "ErrorItemNotFound", "Not found.")
        meeting.cancelled = True
        return Response(status_code=202)


class _Cut(Response):
    """An answer whose end never comes."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        raise ConnectionAbortedError


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


def _server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
