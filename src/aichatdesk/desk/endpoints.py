"""The HTTP routes of accounts and categories, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.clock import from_millis, to_iso
from aichatdesk.core.errors import Invalid
from aichatdesk.core.text import clean
from aichatdesk.desk import repository
from aichatdesk.desk.create_agent import create_agent
from aichatdesk.desk.domain import Agent, checked_email
from aichatdesk.desk.log_in import LoginThrottle, log_in
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.tokens import Tokens
from aichatdesk.platform.http.actor import COOKIE, Guard
from aichatdesk.platform.storage.database import Database, Transaction

_DEFAULT_ICON = "💬"


class LoginBody(BaseModel):
    """Who wants in."""

    email: Any = None
    password: Any = None


class NewAgentBody(BaseModel):
    """A new account."""

    model_config = ConfigDict(extra="ignore")

    email: Any = None
    name: Any = None
    password: Any = None
    systemRole: Any = "agent"


class NewCategoryBody(BaseModel):
    """A new workflow category."""

    model_config = ConfigDict(extra="ignore")

    name: str = ""
    prompt: str = ""
    icon: str = ""
    active: bool = True
    sortOrder: int = Field(0, ge=-1_000_000, le=1_000_000)


def agent_routes(
    database: Database, guard: Guard, tokens: Tokens, passwords: Passwords, *, secure_cookie: bool = False
) -> APIRouter:
    """Signing in and out, and the accounts; the cookie is for TLS alone where the desk's own address is."""
    routes = APIRouter(prefix="/api/agents", tags=["agents"])
    throttle = LoginThrottle()

    @routes.post("/login")
    async def login(body: LoginBody, request: Request, response: Response) -> dict[str, Any]:
        """Sign in; the token comes in the body and as a cookie that scripts cannot read."""
        if not body.email or not body.password:
            raise Invalid("Email and password required")
        if not isinstance(body.password, str):
            raise Invalid("password must be a text.", field="password")
        agent = await log_in(
            database,
            passwords,
            throttle,
            email=checked_email(body.email),
            password=body.password,
            address=request.client.host if request.client else "",
        )
        token = tokens.issue(agent)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(tokens.life.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=secure_cookie or request.url.scheme == "https",
            path="/",
        )
        return {"token": token, "agent": _signed_in(agent)}

    @routes.post("/logout")
    async def logout(
        response: Response, actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))]
    ) -> dict[str, Any]:
        """Sign out; every token given so far stops working."""

        def work(tx: Transaction) -> None:
            agent = repository.agent_by_id(tx, actor.id)
            repository.change_agent(tx, agent.id, status="offline", token_version=agent.token_version + 1)

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
        """Who is at the desk now."""
        found = await database.read(partial(repository.list_agents, status="online"))
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
        )
        return {
            "agent": {
                "id": agent.id,
                "email": agent.email,
                "name": agent.name,
                "systemRole": agent.role.value,
                "roles": list(agent.teams),
                "managerId": agent.manager_id,
                "status": agent.status,
            }
        }

    return routes


def category_routes(database: Database, guard: Guard) -> APIRouter:
    """Workflow categories; their prompts are for people at the desk alone."""
    routes = APIRouter(prefix="/api/categories", tags=["categories"])

    @routes.get("")
    async def shown() -> list[dict[str, Any]]:
        """What a visitor may pick from."""
        rows = await database.read(partial(repository.list_categories, all_of_them=False))
        return [{"_id": row.id, "name": row.name, "icon": row.icon, "prompt": ""} for row in rows]

    @routes.get("/all")
    async def everything(
        _actor: Annotated[Actor, Depends(guard.require(Action.READ_AGENTS))],
    ) -> list[dict[str, Any]]:
        """Every category with its prompt."""
        return [
            _category(row)
            for row in await database.read(partial(repository.list_categories, all_of_them=True))
        ]

    @routes.post("", status_code=201)
    async def create(
        body: NewCategoryBody, _actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Make a category."""
        name, prompt = clean(body.name).strip(), clean(body.prompt).strip()
        if not name or not prompt:
            raise Invalid("name and prompt are required")

        def work(tx: Transaction) -> dict[str, Any]:
            made = repository.insert_category(
                tx,
                name=name,
                prompt=prompt,
                icon=body.icon.strip() or _DEFAULT_ICON,
                sort_order=body.sortOrder,
                active=body.active,
            )
            row = repository.category_by_id(tx, made)
            return _category(row)

        return await database.write(work)

    return routes


def _signed_in(agent: Agent) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "role": agent.role.value,
        "systemRole": agent.role.value,
        "roles": list(agent.teams),
        "status": agent.status,
        "office365Email": agent.office365_email,
        "teamsEmail": agent.teams_email,
    }
    return shown | ({"managerId": agent.manager_id} if agent.manager_id else {})


def _me(tx: Transaction, actor: Actor) -> dict[str, Any]:
    agent = repository.agent_by_id(tx, actor.id)
    optional = {
        "lastLogin": to_iso(agent.last_login) if agent.last_login else None,
        "avatar": agent.avatar,
    }
    return (
        _signed_in(agent)
        | {"managerName": None, "specialties": list(agent.specialties)}
        | {name: value for name, value in optional.items() if value is not None}
    )


def _category(row: Any) -> dict[str, Any]:
    return {
        "_id": row.id,
        "name": row.name,
        "icon": row.icon,
        "prompt": row.prompt,
        "active": row.active,
        "sortOrder": row.sort_order,
        "createdAt": to_iso(from_millis(row.created_at)),
        "updatedAt": to_iso(from_millis(row.updated_at)),
        "__v": 0,
    }
