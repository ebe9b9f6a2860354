"""The HTTP routes of a desk's first run."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.set_up import needs_setup, set_up
from aichatdesk.desk.setup_code import SetupCode
from aichatdesk.desk.signed_in import SignedIn
from aichatdesk.platform.http.address import client_network
from aichatdesk.platform.http.common_shapes import AnyOptionalText, AnyText
from aichatdesk.platform.http.quota import Quota
from aichatdesk.platform.storage.database import Database

_TRIES, _WITHIN = 10, timedelta(minutes=15)
_LONGEST_CODE = 200


class SetupNeeded(BaseModel):
    """Whether the desk has no account yet."""

    needed: bool


class SetupBody(BaseModel):
    """The setup code, and the account that is to be made."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field("", max_length=_LONGEST_CODE)
    name: AnyText = None
    email: AnyText = None
    password: AnyText = None
    companyName: AnyOptionalText = None


def setup_routes(
    database: Database, passwords: Passwords, setup_code: SetupCode, signed_in: SignedIn
) -> APIRouter:
    """Make the first account; nothing else can be done here, and it is done once."""
    routes = APIRouter(prefix="/api/v1/setup", tags=["setup"])
    tries = Quota(_TRIES, _WITHIN, "Too many tries at the setup code from this address.")

    @routes.get("")
    async def needed() -> SetupNeeded:
        """Whether the desk has no account yet."""
        return SetupNeeded(needed=await database.read(needs_setup))

    @routes.post(
        "",
        status_code=201,
        responses={
            409: {"description": "The desk is set up already"},
            503: {"description": "Too many passwords are being made"},
        },
    )
    async def make(
        body: Annotated[SetupBody, Body(default_factory=SetupBody)], request: Request, response: Response
    ) -> dict[str, Any]:
        """Make the first account with the setup code, and sign in to it."""
        tries.take(client_network(request))
        admin = await set_up(
            database,
            passwords,
            setup_code,
            code=body.code,
            name=body.name,
            email=body.email,
            password=body.password,
            company=body.companyName,
        )
        return signed_in.answer(admin, request, response)

    return routes
