"""The HTTP route that Microsoft Teams calls, by way of the Bot Framework."""

from typing import Any

from fastapi import APIRouter, Request

from aichatdesk.core.errors import Unauthenticated
from aichatdesk.outbound.hear_teams import TeamsEars
from aichatdesk.outbound.service_address import ServiceAddresses
from aichatdesk.outbound.teams_activity import heard_in, read_activity
from aichatdesk.outbound.teams_auth import IncomingTokens
from aichatdesk.platform.http.json_text import parse_json

_INVOKE = "invoke"
_SAID = "application/vnd.microsoft.activity.message"


def teams_routes(tokens: IncomingTokens, addresses: ServiceAddresses, ears: TeamsEars) -> APIRouter:
    """What people say and press in Teams."""
    routes = APIRouter(prefix="/api/teams", tags=["teams"])

    @routes.post("/messages")
    async def hear(request: Request) -> dict[str, Any]:
        """Take an activity; the Bot Framework's own token says that it is one."""
        proof = await tokens.check(_bearer(request))
        activity = read_activity(parse_json(await request.body()))
        service_url = addresses.checked(activity.service_url)
        proof.require(service_url, activity.channel_id)
        heard = heard_in(activity)
        if heard is None:
            return {}
        told = await ears.hear(heard, service_url)
        if activity.type != _INVOKE:
            return {}
        return {"statusCode": 200, "type": _SAID, "value": told}

    return routes


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated("Authentication required")
    return token.strip()
