"""The HTTP routes of workflow categories, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Row

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.clock import from_millis, to_iso
from aichatdesk.core.errors import Invalid, NotFound
from aichatdesk.core.ids import require_id
from aichatdesk.core.text import clean
from aichatdesk.desk import repository
from aichatdesk.desk.domain import plain_name
from aichatdesk.desk.icons import checked_icon
from aichatdesk.desk.ports import PickIcon
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_DEFAULT_ICON = "💬"


class NewCategoryBody(BaseModel):
    """A new workflow category."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field("", max_length=100)
    prompt: str = Field("", max_length=4000)
    icon: str | None = ""
    active: bool = True
    sortOrder: int = Field(0, ge=-1_000_000, le=1_000_000)


def category_routes(database: Database, guard: Guard, icons: PickIcon) -> APIRouter:
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
        body: NewCategoryBody, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Make a category; without an icon, one is picked for it."""
        new = _checked(body.model_dump())
        icon = checked_icon(new.icon) or await icons.pick(new.name, new.prompt) or _DEFAULT_ICON

        def work(tx: Transaction) -> dict[str, Any]:
            made = repository.insert_category(
                tx,
                name=new.name,
                prompt=new.prompt,
                icon=icon,
                sort_order=new.sortOrder,
                active=new.active,
            )
            note(tx, actor, Act.CATEGORY_CREATED, new.name, {"id": made})
            return _category(_known(tx, made))

        return await database.write(work)

    @routes.put("/{category_id}")
    async def change(
        category_id: str,
        body: dict[str, Any],
        actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))],
    ) -> dict[str, Any]:
        """Set what is given of a category; with a new name and prompt but no icon, another is picked."""
        wanted = require_id(category_id, "id")
        given = {name: body[name] for name in NewCategoryBody.model_fields if name in body}
        icon = checked_icon(given.pop("icon", ""))
        if not icon and given.get("name") and given.get("prompt"):
            new = await database.read(lambda tx: _checked(_category(_known(tx, wanted)) | given))
            icon = await icons.pick(new.name, new.prompt) or ""

        def work(tx: Transaction) -> dict[str, Any]:
            row = _known(tx, wanted)
            new = _checked(_category(row) | given)
            repository.change_category(
                tx,
                wanted,
                name=new.name,
                prompt=new.prompt,
                icon=icon or row.icon,
                active=new.active,
                sort_order=new.sortOrder,
            )
            facts = {"id": wanted, "fields": sorted({*given, *(["icon"] if icon else [])})}
            note(tx, actor, Act.CATEGORY_CHANGED, new.name, facts)
            return _category(_known(tx, wanted))

        return await database.write(work)

    @routes.delete("/{category_id}")
    async def delete(
        category_id: str, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_AGENTS))]
    ) -> dict[str, Any]:
        """Remove a category; chats that have it keep its name."""
        wanted = require_id(category_id, "id")

        def work(tx: Transaction) -> None:
            row = _known(tx, wanted)
            repository.delete_category(tx, wanted)
            note(tx, actor, Act.CATEGORY_DELETED, row.name, {"id": wanted})

        await database.write(work)
        return {"success": True}

    return routes


def _known(tx: Transaction, category_id: str) -> Row[Any]:
    row = repository.category_by_id(tx, category_id)
    if row is None:
        raise NotFound("Category not found")
    return row


def _checked(fields: dict[str, Any]) -> NewCategoryBody:
    """The fields of a category as they are stored; raises `Invalid`."""
    try:
        body = NewCategoryBody.model_validate(fields)
    except ValidationError as error:
        raise Invalid(f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}.") from error
    body.name, body.prompt = plain_name(body.name.strip()), clean(body.prompt).strip()
    if not body.name or not body.prompt:
        raise Invalid("name and prompt are required")
    return body


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
