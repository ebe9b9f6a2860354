"""The HTTP routes of teams and invite links, in the shapes of the old server."""

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Row

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import DeskError
from aichatdesk.core.ids import require_id
from aichatdesk.desk.invites import create_invite, list_invites, open_invite, sign_up, take_back
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.ports import PickIcon
from aichatdesk.desk.sign_in_limit import SignInLimit
from aichatdesk.desk.team_repository import names_of
from aichatdesk.desk.teams import change_team, create_team, delete_team, icon_topic, list_teams
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

Fields = dict[str, Any]


def team_routes(database: Database, guard: Guard, icons: PickIcon) -> APIRouter:
    """Teams; the old server calls them roles."""
    routes = APIRouter(prefix="/api/agents/roles", tags=["teams"])

    @routes.get("")
    async def teams(_actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]) -> Fields:
        """Every team, with its manager and how many people are in it."""
        return {"roles": await database.read(list_teams)}

    @routes.post("", status_code=201)
    async def create(
        body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_TEAMS))]
    ) -> Fields:
        """Make a team; without an icon, one is picked for it."""
        topic = await database.read(partial(icon_topic, fields=body))
        picked = await icons.pick(*topic) if topic else None
        work = partial(create_team, actor=actor, fields=body, picked=picked)
        return {"role": _team(await database.write(work))}

    @routes.put("/{team_id}")
    async def change(
        team_id: str, body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.EDIT_TEAMS))]
    ) -> Fields:
        """Change a team; its members keep it under a new name."""
        wanted = require_id(team_id, "id")
        topic = await database.read(partial(icon_topic, fields=body, actor=actor, team_id=wanted))
        picked = await icons.pick(*topic) if topic else None
        work = partial(change_team, actor=actor, team_id=wanted, fields=body, picked=picked)
        return {"role": _team(await database.write(work))}

    @routes.delete("/{team_id}")
    async def delete(
        team_id: str, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_TEAMS))]
    ) -> Fields:
        """Remove a team; its name is free again."""
        await database.write(partial(delete_team, actor=actor, team_id=require_id(team_id, "id")))
        return {"message": "Role deleted"}

    return routes


def invite_routes(database: Database, guard: Guard, passwords: Passwords, limit: SignInLimit) -> APIRouter:
    """Invite links, and signing up with one."""
    routes = APIRouter(prefix="/api/agents", tags=["invites"])

    @routes.get("/invite-links")
    async def links(actor: Annotated[Actor, Depends(guard.require(Action.INVITE_AGENTS))]) -> Fields:
        """The links that still stand; a manager sees their own."""
        return {"links": await database.read(partial(list_invites, actor=actor))}

    @routes.post("/invite-links", status_code=201)
    async def create(
        body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.INVITE_AGENTS))]
    ) -> Fields:
        """Make a link."""

        def work(tx: Transaction) -> Fields:
            link = create_invite(tx, actor, body)
            shown = next(one for one in list_invites(tx, actor) if one["id"] == link.id)
            return shown | {"url": f"/test/signup.html?code={link.code}"}

        return {"link": await database.write(work)}

    @routes.delete("/invite-links/{invite_id}")
    async def delete(
        invite_id: str, actor: Annotated[Actor, Depends(guard.require(Action.INVITE_AGENTS))]
    ) -> Fields:
        """End a link."""
        await database.write(partial(take_back, actor=actor, invite_id=require_id(invite_id, "id")))
        return {"message": "Invite link deactivated"}

    @routes.get("/signup/{code}")
    async def look(code: str) -> Fields:
        """Whether a link can be used, and for which teams."""

        def work(tx: Transaction) -> Fields:
            link = open_invite(tx, code)
            return {"valid": True, "roles": names_of(tx, json.loads(link.teams))[0], "label": link.label}

        with _told_twice():
            return await database.read(work)

    @routes.post("/signup/{code}", status_code=201)
    async def sign(code: str, body: Fields, request: Request) -> Fields:
        """Make an agent's account."""
        with _told_twice():
            limit.take(request)
            agent = await sign_up(
                database,
                passwords,
                code,
                name=body.get("name"),
                email=body.get("email"),
                password=body.get("password"),
            )
        return {"message": "Account created successfully", "agentId": agent.id}

    return routes


def _team(row: Row[Any]) -> Fields:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "icon": row.icon,
        "managerId": row.manager_id,
    }


@contextlib.contextmanager
def _told_twice() -> Iterator[None]:
    """The signup page reads `message` where everybody else reads `error`."""
    try:
        yield
    except DeskError as error:
        error.facts["message"] = error.message
        raise
