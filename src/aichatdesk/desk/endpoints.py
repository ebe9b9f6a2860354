"""The HTTP routes of accounts, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from aichatdesk.core.access import Action, Actor, Role
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import AgentId, require_id
from aichatdesk.desk import repository, shapes
from aichatdesk.desk.create_agent import create_agent
from aichatdesk.desk.domain import checked_email
from aichatdesk.desk.log_in import LoginThrottle, log_in
from aichatdesk.desk.manage_agents import (
    agents_led_by,
    change_agent,
    change_own,
    change_own_password,
    deactivate_agent,
    reset_password,
    set_status,
)
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.presence import available_agents, shown_status
from aichatdesk.desk.sign_in_limit import SignInLimit
from aichatdesk.desk.signed_in import SignedIn
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.http.actor import COOKIE, Guard
from aichatdesk.platform.http.address import client_address, client_network
from aichatdesk.platform.http.common_shapes import AnyOptionalText, AnyText, AnyTexts
from aichatdesk.platform.storage.database import Database, Transaction

Fields = dict[str, Any]


class LoginBody(BaseModel):
    """Who wants in."""

    email: AnyText = None
    password: AnyText = None


class NewAgentBody(BaseModel):
    """A new account."""

    model_config = ConfigDict(extra="ignore")

    email: AnyText = None
    name: AnyText = None
    password: AnyText = None
    systemRole: Annotated[Any, WithJsonSchema({"enum": list(Role)})] = "agent"
    roles: AnyTexts = None
    managerId: AnyOptionalText = None
    specialties: AnyTexts = None


def agent_routes(
    database: Database, guard: Guard, signed_in: SignedIn, passwords: Passwords, limit: SignInLimit
) -> APIRouter:
    """Signing in and out, and one's own account."""
    routes = APIRouter(prefix="/api/agents", tags=["agents"])
    throttle = LoginThrottle()

    @routes.post("/login")
    async def login(body: LoginBody, request: Request, response: Response) -> dict[str, Any]:
        """Sign in; the token comes in the body and as a cookie that scripts cannot read."""
        if not body.email or not body.password:
            raise Invalid("Email and password required")
        if not isinstance(body.password, str):
            raise Invalid("password must be a text.", field="password")
        email = checked_email(body.email)
        limit.take(request)
        agent = await log_in(
            database,
            passwords,
            throttle,
            email=email,
            password=body.password,
            address=client_address(request),
            network=client_network(request),
        )
        return signed_in.answer(agent, request, response)

    @routes.post("/logout")
    async def logout(
        response: Response, actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]
    ) -> dict[str, Any]:
        """Sign out; every token given so far stops working."""

        def work(tx: Transaction) -> None:
            agent = repository.agent_by_id(tx, actor.id)
            ended = agent.token_version + 1
            repository.change_agent(tx, agent.id, status="offline", last_seen=None, token_version=ended)
            note(tx, actor, Act.SIGNED_OUT, agent.email)

        await database.write(work)
        response.delete_cookie(COOKIE, path="/")
        return {"message": "Logged out successfully"}

    @routes.get("/me")
    async def me(actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]) -> dict[str, Any]:
        """One's own account."""
        return {"agent": await database.read(partial(_me, actor=actor))}

    @routes.get("/online")
    async def online(
        _actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))],
    ) -> dict[str, Any]:
        """Who takes chats now."""
        found = await database.read(available_agents)
        return {
            "agents": [
                {
                    "id": agent.id,
                    "name": agent.name,
                    "status": agent.status,
                    "specialties": list(agent.specialties),
                    "roles": list(agent.teams),
                }
                for agent in found
            ]
        }

    @routes.put("/me")
    async def change_me(
        body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]
    ) -> dict[str, Any]:
        """Change one's own name and addresses."""
        agent = await database.write(partial(change_own, actor=actor, fields=body))
        return {"agent": shapes.profile(agent)}

    @routes.post("/change-password")
    async def change_password(
        body: Fields,
        request: Request,
        response: Response,
        actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))],
    ) -> dict[str, Any]:
        """Set one's own password; every session ends, this one too."""
        limit.take(request)
        current, new = body.get("currentPassword"), body.get("newPassword")
        await change_own_password(database, passwords, actor, current, new)
        response.delete_cookie(COOKIE, path="/")
        return {"message": "Password changed successfully"}

    return routes


def managed_agent_routes(database: Database, guard: Guard, passwords: Passwords) -> APIRouter:
    """The accounts of the people one leads; goes after the routes with fixed names."""
    routes = APIRouter(prefix="/api/agents", tags=["agents"])

    @routes.get("")
    async def shown(
        actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))], status: str | None = None
    ) -> dict[str, Any]:
        """The people one leads; an admin sees everybody."""
        return {"agents": await database.read(partial(_in_lists, actor=actor, status=status))}

    @routes.post("", status_code=201)
    async def create(
        body: NewAgentBody, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Make an account."""
        agent = await create_agent(
            database,
            passwords,
            actor,
            email=body.email,
            name=body.name,
            password=body.password,
            role=body.systemRole,
            teams=body.roles,
            manager_id=body.managerId,
            specialties=body.specialties,
        )
        return {"agent": shapes.managed(agent)}

    @routes.put("/{agent_id}")
    async def change(
        agent_id: str, body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Set what is given of an account."""
        wanted = AgentId(require_id(agent_id, "id"))
        return {"agent": shapes.managed(await change_agent(database, passwords, actor, wanted, body))}

    @routes.delete("/{agent_id}")
    async def delete(
        agent_id: str, actor: Annotated[Actor, Depends(guard.require(Action.DEACTIVATE_AGENTS))]
    ) -> dict[str, Any]:
        """Close an account; its sessions end."""
        wanted = AgentId(require_id(agent_id, "id"))
        await database.write(partial(deactivate_agent, actor=actor, agent_id=wanted))
        return {"message": "Agent deactivated"}

    @routes.post("/{agent_id}/reset-password")
    async def reset(
        agent_id: str, body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Set the password of somebody one leads."""
        wanted = AgentId(require_id(agent_id, "id"))
        await reset_password(database, passwords, actor, wanted, body.get("newPassword"))
        return {"message": "Password reset successfully"}

    @routes.patch("/{agent_id}/status")
    async def status(
        agent_id: str, body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]
    ) -> dict[str, Any]:
        """Say whether somebody is at the desk."""
        wanted = AgentId(require_id(agent_id, "id"))
        work = partial(set_status, actor=actor, agent_id=wanted, status=body.get("status"))
        agent = await database.write(work)
        return {"agent": {"id": agent.id, "name": agent.name, "status": agent.status}}

    return routes


def _me(tx: Transaction, actor: Actor) -> dict[str, Any]:
    agent = repository.agent_by_id(tx, actor.id)
    manager = repository.agents_by_ids(tx, [AgentId(agent.manager_id)] if agent.manager_id else [])
    return shapes.own(agent, manager[0].name if manager else None)


def _in_lists(tx: Transaction, actor: Actor, status: str | None) -> list[dict[str, Any]]:
    found = agents_led_by(tx, actor, status)
    managers = {AgentId(agent.manager_id) for agent in found if agent.manager_id}
    names = {str(agent.id): agent.name for agent in repository.agents_by_ids(tx, managers)}
    return [shapes.in_list(agent, names, shown_status(tx, agent)) for agent in found]
