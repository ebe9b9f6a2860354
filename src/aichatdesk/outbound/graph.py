"""Microsoft Graph: when somebody is busy, and meetings in their calendar. All times are UTC.

Source: https://learn.microsoft.com/graph/api, version 1.0.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx2

from aichatdesk.core.clock import to_iso
from aichatdesk.outbound.call_service import asked_pause
from aichatdesk.outbound.free_slots import Span
from aichatdesk.outbound.graph_errors import GraphError
from aichatdesk.outbound.graph_tokens import GraphTokens

# Graph's own limit for one application in one mailbox.
_AT_ONCE = 4
_PAUSE = timedelta(milliseconds=300)
_MOST_IN_A_SLOT = 100
# In these times a visitor can be met.
_NOT_BUSY = frozenset({"free", "workingElsewhere"})
_PREFER = {"Prefer": 'outlook.timezone="UTC"'}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a visitor is left waiting for Graph: for one answer, and for all tries together."""

    answer: timedelta = timedelta(seconds=8)
    all_tries: timedelta = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting as Graph knows it."""

    id: str
    meeting_link: str | None
    ical_uid: str | None


class Graph:
    """Calls Graph as the desk's own application."""

    def __init__(
        self, client: httpx2.AsyncClient, tokens: GraphTokens, base_url: str, patience: Patience | None = None
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._base_url = f"{base_url}/v1.0"
        self._patience = patience or Patience()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def busy(self, calendar: str, span: Span) -> list[Span]:
        """When the owner of a calendar is not free, within at most 62 days; raises `GraphError`."""
        asked = {
            "schedules": [calendar],
            "startTime": _stamp(span.start),
            "endTime": _stamp(span.end),
            "availabilityViewInterval": 30,
        }
        found = await self._call("POST", f"{_user(calendar)}/calendar/getSchedule", json=asked)
        return _busy_in(found)

    async def create_event(
        self, calendar: str, transaction_id: str, span: Span, details: Mapping[str, Any]
    ) -> Event:
        """Put a meeting into a calendar; one `transaction_id` makes one meeting, however often it is sent.

        Raises:
            GraphError: It was not done, or `maybe_done`.
        """
        event = {
            **details,
            "start": _stamp(span.start),
            "end": _stamp(span.end),
            "transactionId": transaction_id,
        }
        path = f"{_user(calendar)}/calendar/events"
        try:
            made = await self._call("POST", path, json=event, changes=True)
        except GraphError as error:
            # Graph may refuse the repetition instead of answering with the meeting that is there.
            there = error.status == 409 and await self.find_event(calendar, transaction_id, span)
            if not there:
                raise
            return there
        try:
            return _event(made)
        except GraphError as error:
            error.maybe_done = True
            raise

    async def find_event(self, calendar: str, transaction_id: str, span: Span) -> Event | None:
        """The meeting that was made under this `transactionId` at this time, or None; raises `GraphError`."""
        asked = {
            "startDateTime": to_iso(span.start),
            "endDateTime": to_iso(span.end),
            "$select": "id,transactionId,iCalUId,onlineMeeting,isCancelled",
            "$top": str(_MOST_IN_A_SLOT),
        }
        found = await self._call("GET", f"{_user(calendar)}/calendar/calendarView", params=asked)
        for one in _list(found, "value"):
            if isinstance(one, dict) and one.get("transactionId") == transaction_id:
                return None if one.get("isCancelled") else _event(one)
        return None

    async def get_event(self, calendar: str, event_id: str) -> Event:
        """A meeting by its id; raises `GraphError`."""
        asked = {"$select": "id,iCalUId,onlineMeeting"}
        return _event(await self._call("GET", f"{_user(calendar)}/events/{_quoted(event_id)}", params=asked))

    async def cancel_event(self, calendar: str, event_id: str, comment: str) -> None:
        """Call a meeting off; who was invited is told by Graph. One that is gone already is no error.

        Raises:
            GraphError: It was not done, or `maybe_done`.
        """
        path = f"{_user(calendar)}/events/{_quoted(event_id)}/cancel"
        try:
            await self._call("POST", path, json={"comment": comment}, changes=True)
        except GraphError as error:
            if error.status not in {404, 410}:
                raise

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        changes: bool = False,
    ) -> Any:
        """One request, tried again once after a short pause where that may help."""
        call = _Call(method, f"{self._base_url}{path}", json, params, changes)
        try:
            async with asyncio.timeout(self._patience.all_tries.total_seconds()), self._gate:
                try:
                    return await self._try(call)
                except GraphError as error:
                    if not error.again_at_once:
                        raise
                    await asyncio.sleep((error.after or _PAUSE).total_seconds())
                return await self._try(call)
        except TimeoutError as error:
            late = GraphError("Graph did not answer in time.")
            late.maybe_done = call.maybe_done
            raise late from error
        except GraphError as error:
            error.maybe_done = call.maybe_done
            raise

    async def _try(self, call: "_Call") -> Any:
        reply = await self._exchange(call, await self._tokens.token())
        if reply.status_code == 401:
            self._tokens.forget()
            reply = await self._exchange(call, await self._tokens.token())
        return _body(reply)

    async def _exchange(self, call: "_Call", token: str) -> httpx2.Response:
        before, call.maybe_done = call.maybe_done, call.maybe_done or call.changes
        try:
            reply = await self._client.request(
                call.method,
                call.url,
                json=call.json,
                params=call.params,
                headers=_PREFER | {"Authorization": f"Bearer {token}"},
                timeout=self._patience.answer.total_seconds(),
            )
        except httpx2.HTTPError as error:
            if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
                call.maybe_done = before
            why = str(error) or type(error).__name__
            raise GraphError(f"Graph did not answer: {why}") from error
        if 300 <= reply.status_code < 500:
            call.maybe_done = before
        return reply


@dataclass(slots=True)
class _Call:
    """A request, and whether it may have been done without our hearing of it."""

    method: str
    url: str
    json: Mapping[str, Any] | None
    params: Mapping[str, str] | None
    changes: bool
    maybe_done: bool = False


def _body(reply: httpx2.Response) -> Any:
    """What Graph says; None where it says nothing. Raises `GraphError`."""
    if reply.is_success and not reply.content:
        return None
    try:
        body = reply.json()
    except ValueError:
        body = None
    if reply.is_success and body is not None:
        return body
    told = body.get("error") if isinstance(body, dict) else None
    code, why = (told.get("code"), told.get("message")) if isinstance(told, dict) else (None, None)
    raise GraphError(
        f"Graph answered {reply.status_code} {code or ''}: {str(why or '')[:200]}",
        status=502 if reply.is_success else reply.status_code,
        after=asked_pause(reply, datetime.now(UTC)),
    )


def _busy_in(found: Any) -> list[Span]:
    """The busy times of the one calendar that was asked for; no answer about it is no free time."""
    schedules = _list(found, "value")
    schedule = schedules[0] if schedules and isinstance(schedules[0], dict) else {}
    if error := schedule.get("error"):
        raise GraphError(f"Graph tells nothing of this calendar: {str(error)[:200]}", status=404)
    busy = []
    for item in _list(schedule, "scheduleItems"):
        if not isinstance(item, dict):
            raise _unreadable()
        if item.get("status") not in _NOT_BUSY:
            busy.append(Span(_moment(item.get("start")), _moment(item.get("end"))))
    return busy


def _event(found: Any) -> Event:
    event_id = found.get("id") if isinstance(found, dict) else None
    if not isinstance(event_id, str) or not event_id:
        raise _unreadable()
    meeting = found.get("onlineMeeting")
    link = meeting.get("joinUrl") if isinstance(meeting, dict) else None
    uid = found.get("iCalUId")
    return Event(event_id, link if isinstance(link, str) else None, uid if isinstance(uid, str) else None)


def _list(found: Any, name: str) -> list[Any]:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, list):
        raise _unreadable()
    return value


def _unreadable() -> GraphError:
    return GraphError("Graph answered something that is not in its documented form.", status=502)


def _user(calendar: str) -> str:
    return f"/users/{_quoted(calendar)}"


def _quoted(part: str) -> str:
    return quote(part, safe="@")


def _stamp(moment: datetime) -> dict[str, str]:
    """A moment as Graph takes it."""
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _moment(stamp: Any) -> datetime:
    """A moment as Graph gives it: a time without a zone, and the name of the zone beside it, UTC where there is none."""
    try:
        moment = datetime.fromisoformat(stamp["dateTime"])
        name = stamp.get("timeZone") or "UTC"
        zone = UTC if name.lower().endswith("utc") else ZoneInfo(name)
    except (TypeError, ValueError, KeyError, AttributeError, OSError) as error:
        raise _unreadable() from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
