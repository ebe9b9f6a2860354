"""Microsoft's side of a Teams bot on a real port: key list, sign-in, and the connector with its conversations.

    async with TeamsPeer() as teams:
        ...  # a desk with **teams.settings
        await teams.say(desk.client, thread, "hello", who="kim")

It signs tokens as the Bot Framework does, refuses callers without a token that it gave, and keeps what was posted. Like
the real one it takes the same message twice if it is sent twice.
"""

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from peers.loopback_server import LoopbackServer

APP_ID = "11111111-2222-3333-4444-555555555555"
PASSWORD = "the-bots-own-password"
CHANNEL = "19:desk@thread.tacv2"


@dataclass
class Posted:
    """One message that the connector took."""

    conversation: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        return self.body.get("text", "")

    @property
    def key(self) -> str:
        return self.body["channelData"]["clientActivityID"]


class TeamsPeer(LoopbackServer):
    """Serves everything on one port of the loopback; `answers` are given by the connector alone."""

    def __init__(self) -> None:
        super().__init__(
            [
                Route("/v1/openidconfiguration", self._metadata),
                Route("/v1/keys", self._key_list),
                Route("/oauth2/token", self._give_token, methods=["POST"]),
                Route("/teams/v3/conversations", self._begin, methods=["POST"]),
                Route("/teams/v3/conversations/{id}/activities", self._post, methods=["POST"]),
                Route("/teams/v3/conversations/{id}/members/{person:path}", self._member),
                Route("/{path:path}", self._elsewhere, methods=["GET", "POST", "PUT", "DELETE"]),
            ]
        )
        self.key = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})
        self.keys = [self.key]
        self.endorsements: list[str] | None = ["msteams"]
        self.key_list_requests = 0
        self.keys_down = False
        self.jwks_uri = ""
        self.token_requests: list[dict[str, str]] = []
        self.token_status = 200
        self.token_life = 3600
        self.valid_tokens: set[str] = set()
        self.cards: list[dict[str, Any]] = []
        self.posted: list[Posted] = []
        self.lookups: list[str] = []
        self.members: dict[str, dict[str, Any]] = {}
        self.when_taken: Callable[[], Awaitable[None]] | None = None  # before the answer goes out
        self.unexpected: list[str] = []
        self._ids = itertools.count(1)

    @property
    def service_url(self) -> str:
        return f"{self.base_url}/teams"

    @property
    def settings(self) -> dict[str, str]:
        """The desk's settings that lead here."""
        return {
            "MICROSOFT_APP_ID": APP_ID,
            "MICROSOFT_APP_PASSWORD": PASSWORD,
            "TEAMS_CHANNEL_ID": CHANNEL,
            "TEAMS_SERVICE_URL": self.service_url,
            "TEAMS_OPENID_METADATA_URL": f"{self.base_url}/v1/openidconfiguration",
            "TEAMS_TOKEN_URL": f"{self.base_url}/oauth2/token",
        }

    def member(self, who: str, **fields: Any) -> str:
        """Have somebody be on the team; return the id that Teams has for them."""
        person = f"29:{who}=/+x"
        self.members[person] = {"id": person, "name": who, **fields}
        return person

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What the Bot Framework puts into a token for our bot; None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": "https://api.botframework.com",
            "aud": APP_ID,
            "serviceurl": f"{self.service_url}/",
            "nbf": now - 10,
            "exp": now + 3600,
        }
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def token(self, **changed: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, self.claims(**changed), self.key)

    def activity(self, conversation: str, text: str | None, who: str, **more: Any) -> dict[str, Any]:
        """A message in a channel, where a bot must be mentioned to hear it."""
        mention = "<at>Support Bot</at>"
        return {
            "type": "message",
            "id": f"1700000000{next(self._ids):03}",
            "channelId": "msteams",
            "serviceUrl": f"{self.service_url}/",
            "from": {"id": who, "name": self.members.get(who, {}).get("name", "?"), "aadObjectId": "x"},
            "recipient": {"id": f"28:{APP_ID}", "name": "Support Bot"},
            "conversation": {"id": conversation, "conversationType": "channel", "isGroup": True},
            "channelData": {"tenant": {"id": "t"}, "team": {"id": "19:team@thread.tacv2"}},
            "textFormat": "plain",
            "text": None if text is None else f"{mention} {text}\n",
            "entities": [
                {"type": "mention", "text": mention, "mentioned": {"id": f"28:{APP_ID}"}},
                {"type": "clientInfo", "locale": "en-GB"},
            ],
            **more,
        }

    async def deliver(
        self, client: httpx2.AsyncClient, activity: Any, token: str | None = ""
    ) -> httpx2.Response:
        """Send an activity to the desk; without a token given, with a good one, and with None as token, with none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token or self.token()}"}
        return await client.post("/api/teams/messages", json=activity, headers=headers)

    async def say(
        self, client: httpx2.AsyncClient, conversation: str, text: str, who: str, **more: Any
    ) -> httpx2.Response:
        return await self.deliver(client, self.activity(conversation, text, who, **more))

    async def press(
        self, client: httpx2.AsyncClient, conversation: str, action: str, session_id: str, who: str
    ) -> httpx2.Response:
        """Press a button of a card."""
        value = {"action": action, "sessionId": session_id}
        return await self.deliver(
            client, self.activity(conversation, None, who, value=value, entities=[], replyToId="1")
        )

    def told(self, conversation: str) -> list[str]:
        """What stands in a conversation, below the card."""
        return [posted.text for posted in self.posted if posted.conversation == conversation]

    async def _metadata(self, _request: Request) -> Response:
        place = self.jwks_uri or f"{self.base_url}/v1/keys"
        return JSONResponse({"issuer": "https://api.botframework.com", "jwks_uri": place})

    async def _key_list(self, _request: Request) -> Response:
        self.key_list_requests += 1
        if self.keys_down:
            return Response("down", 503)
        extra = {} if self.endorsements is None else {"endorsements": self.endorsements}
        keys = [key.as_dict(private=False, kid=key.kid, **extra) for key in self.keys]
        return JSONResponse({"keys": [{"kty": "EC", "kid": "other"}, *keys]})

    async def _give_token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.token_requests.append(form)
        expected = {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": PASSWORD,
            "scope": "https://api.botframework.com/.default",
        }
        if self.token_status != 200 or form != expected:
            return JSONResponse({"error": "invalid_client"}, max(self.token_status, 400))
        token = f"token-{next(self._ids)}"
        self.valid_tokens.add(token)
        return JSONResponse({"token_type": "Bearer", "access_token": token, "expires_in": self.token_life})

    def _refused(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.valid_tokens:
            return JSONResponse({"error": {"code": "Unauthorized"}}, 401)
        return None

    async def _taken(self) -> None:
        if self.when_taken:
            await self.when_taken()

    async def _begin(self, request: Request) -> Response:
        if refused := self._refused(request) or await self.scripted():
            return refused
        body, number = await request.json(), next(self._ids)
        if body["channelData"]["channel"]["id"] != CHANNEL:
            return JSONResponse({"error": {"code": "ConversationNotFound"}}, 404)
        conversation = f"{CHANNEL};messageid={number}"
        self.cards.append({"conversation": conversation, **body})
        await self._taken()
        return JSONResponse({"id": conversation, "activityId": str(number)}, 201)

    async def _post(self, request: Request) -> Response:
        if refused := self._refused(request) or await self.scripted():
            return refused
        self.posted.append(Posted(request.path_params["id"], await request.json()))
        await self._taken()
        return JSONResponse({"id": str(next(self._ids))}, 201)

    async def _member(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        person = request.path_params["person"]
        self.lookups.append(person)
        if scripted := await self.scripted():
            return scripted
        if person not in self.members:
            return JSONResponse({"error": {"code": "MemberNotFoundInConversation"}}, 404)
        return JSONResponse(self.members[person])

    async def _elsewhere(self, request: Request) -> Response:
        self.unexpected.append(f"{request.method} {request.url.path}")
        return JSONResponse({"error": {"code": "NotFound"}}, 404)
