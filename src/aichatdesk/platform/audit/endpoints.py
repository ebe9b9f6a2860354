"""The HTTP route of the audit list; there is none that changes it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from aichatdesk.core.access import Action
from aichatdesk.core.ids import require_id
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.read_entries import Wanted, entries
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_MOST = 200
_LARGEST_NUMBER = 2**53


class AuditActor(BaseModel):
    """Who acted, by the name of that day."""

    id: str
    name: str


class AuditEntry(BaseModel):
    """One act; `target` is what it was done to, `facts` what else is known of it."""

    id: int
    at: str
    actor: AuditActor | None
    action: str
    target: str | None
    facts: dict[str, str | int | bool | list[str] | None]


class AuditPage(BaseModel):
    """Entries, newest first; `next` is the `before` of the next page, `actions` are all names of acts."""

    entries: list[AuditEntry]
    next: int | None
    actions: list[Act]


def audit_routes(database: Database, guard: Guard) -> APIRouter:
    """What people at the desk have done."""
    routes = APIRouter(prefix="/api/v1/audit", tags=["audit"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_AUDIT))])
    async def shown(
        before: Annotated[int | None, Query(ge=1, le=_LARGEST_NUMBER)] = None,
        actor: Annotated[str | None, Query(description="The id of who acted.")] = None,
        action: Annotated[Act | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    ) -> AuditPage:
        """The audit list, newest first; it only grows."""
        wanted = Wanted(before, require_id(actor, "actor") if actor else None, action)

        def read(tx: Transaction) -> AuditPage:
            page, following = entries(tx, wanted, limit=limit)
            return AuditPage.model_validate({"entries": page, "next": following, "actions": list(Act)})

        return await database.read(read)

    return routes
