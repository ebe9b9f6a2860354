"""The Bot Framework connector of Microsoft Teams: begin a thread, write into it, ask who somebody is.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2

from aichatdesk.core.text import clean
from aichatdesk.outbound.call_service import asked_pause, call_service, json_object, told
from aichatdesk.outbound.outbox import NotNow, Rejected
from aichatdesk.outbound.service_address import ServiceUrl
from aichatdesk.outbound.teams_auth import BotToken

_SERVICE = "Microsoft Teams"
# What a later attempt may get past: a limit, a conflict inside of Teams, a right or a password that is mended.
# Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
_PASSING = frozenset({401, 403, 408, 412, 429})


@dataclass(frozen=True, slots=True)
class Begun:
    """A thread that was begun: its conversation, and the card at its top."""

    conversation_id: str
    activity_id: str


class TeamsClient:
    """Speaks to the connector as one bot; every method raises `NotNow` or `Rejected`."""

    def __init__(self, client: httpx2.AsyncClient, token: BotToken, app_id: str) -> None:
        self._client = client
        self._token = token
        self.bot_id = f"28:{app_id}"

    async def begin_thread(
        self, service_url: ServiceUrl, channel_id: str, card: Mapping[str, Any], *, summary: str, key: str
    ) -> Begun:
        """Post a card into a channel; replies below it are the thread."""
        content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        body = {
            "isGroup": True,
            "bot": {"id": self.bot_id},
            "channelData": {"channel": {"id": channel_id}},
            "activity": _message(key, summary=summary, attachments=[content]),
        }
        found = await self._send("POST", f"{service_url}/v3/conversations", body)
        conversation_id, activity_id = found.get("id"), found.get("activityId")
        if not isinstance(conversation_id, str) or not conversation_id:
            raise Rejected(f"{_SERVICE} did not say which thread it began.")
        return Begun(clean(conversation_id), clean(str(activity_id or "")))

    async def post(self, service_url: ServiceUrl, conversation_id: str, text: str, *, key: str) -> str | None:
        """Write plain text into a conversation; return what Teams calls it."""
        place = f"{service_url}/v3/conversations/{quote(conversation_id, safe='')}/activities"
        found = await self._send("POST", place, _message(key, text=text, textFormat="plain"))
        sent = found.get("id")
        return clean(sent) if isinstance(sent, str) else None

    async def addresses(self, service_url: ServiceUrl, roster: str, person_id: str) -> Sequence[str]:
        """The sign-in name and the e-mail address of a member, in this order, as far as Teams tells them."""
        place = f"{service_url}/v3/conversations/{quote(roster, safe='')}/members/{quote(person_id, safe='')}"
        found = await self._send("GET", place)
        told_of = (found.get("userPrincipalName"), found.get("email"))
        return [clean(address).strip().lower() for address in told_of if isinstance(address, str) and address]

    async def _send(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask once, and once more with a new token where the old one is refused; return the answer's object."""
        response = await self._once(method, url, body)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response = await self._once(method, url, body)
        found = json_object(response)
        if response.is_success:
            return found
        raise _refusal(response, found)

    async def _once(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx2.Response:
        token = await self._token.get()
        headers = {"Authorization": f"Bearer {token}"}
        response = await call_service(self._client, _SERVICE, method, url, json=body, headers=headers)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            self._token.drop(token)
        return response


def _message(key: str, **fields: Any) -> dict[str, Any]:
    """A message that carries our own id of it, so that a repetition can be told."""
    return {"type": "message", "channelData": {"clientActivityID": key}, **fields}


def _refusal(response: httpx2.Response, found: Mapping[str, Any]) -> NotNow | Rejected:
    status, error = response.status_code, found.get("error")
    detail = error.get("code") or error.get("message") if isinstance(error, dict) else error
    sentence = f"{_SERVICE} refuses this ({status} {told(str(detail or response.reason_phrase))})."
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotNow(sentence, asked_pause(response, datetime.now(UTC)))
    return Rejected(sentence)
