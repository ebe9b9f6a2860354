"""The Bot Framework connector of Microsoft Teams: begin a thread, write into it, ask who somebody is.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from aichatdesk.core.text import clean, shorten
from aichatdesk.outbound.json_call import Reply, call
from aichatdesk.outbound.outbox import NotNow, Rejected
from aichatdesk.outbound.service_address import ServiceUrl
from aichatdesk.outbound.teams_auth import BotToken

_SERVICE = "Microsoft Teams"
_UNAUTHORIZED = 401
# Source: the list of statuses that are worth a retry in "Optimize your bot with rate limiting in Teams".
_BUSY = frozenset({408, 412, 429})
_LONGEST_DETAIL = 200


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
        reply = await self._send("POST", f"{service_url}/v3/conversations", body)
        conversation_id, activity_id = reply.body.get("id"), reply.body.get("activityId")
        if not isinstance(conversation_id, str) or not conversation_id:
            raise Rejected(f"{_SERVICE} did not say which thread it began.")
        return Begun(clean(conversation_id), clean(str(activity_id or "")))

    async def post(self, service_url: ServiceUrl, conversation_id: str, text: str, *, key: str) -> str | None:
        """Write plain text into a conversation; return what Teams calls it."""
        place = f"{service_url}/v3/conversations/{quote(conversation_id, safe='')}/activities"
        reply = await self._send("POST", place, _message(key, text=text, textFormat="plain"))
        sent = reply.body.get("id")
        return clean(sent) if isinstance(sent, str) else None

    async def addresses(self, service_url: ServiceUrl, roster: str, person_id: str) -> Sequence[str]:
        """The sign-in name and the e-mail address of a member, in this order, as far as Teams tells them."""
        place = f"{service_url}/v3/conversations/{quote(roster, safe='')}/members/{quote(person_id, safe='')}"
        reply = await self._send("GET", place)
        found = (reply.body.get("userPrincipalName"), reply.body.get("email"))
        return [clean(address).strip().lower() for address in found if isinstance(address, str) and address]

    async def _send(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Ask once, and once more with a new token where the old one is refused."""
        token = await self._token.get()
        reply = await call(self._client, method, url, service=_SERVICE, token=token, body=body)
        if reply.status == _UNAUTHORIZED:
            self._token.drop(token)
            token = await self._token.get()
            reply = await call(self._client, method, url, service=_SERVICE, token=token, body=body)
        if not reply.is_success:
            raise _refusal(reply)
        return reply


def _message(key: str, **fields: Any) -> dict[str, Any]:
    """A message that carries our own id of it, so that a repetition can be told."""
    return {"type": "message", "channelData": {"clientActivityID": key}, **fields}


def _refusal(reply: Reply) -> NotNow | Rejected:
    detail = reply.body.get("error")
    told = detail.get("code") or detail.get("message") if isinstance(detail, dict) else detail
    reason = shorten(clean(str(told)), _LONGEST_DETAIL) if told else "no reason given"
    sentence = f"{_SERVICE} answered {reply.status} ({reason})."
    if reply.status in _BUSY or reply.status == _UNAUTHORIZED or reply.status >= 500:
        return NotNow(sentence, reply.after)
    return Rejected(sentence)
