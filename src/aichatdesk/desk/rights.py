"""Who may manage whom: admins everybody, managers the plain agents of the teams they lead."""

from collections.abc import Collection

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Forbidden
from aichatdesk.desk import team_repository
from aichatdesk.desk.domain import Agent
from aichatdesk.platform.storage.database import Transaction


def leads(tx: Transaction, actor: Actor, target: Agent) -> bool:
    """Whether the actor may change the target's account."""
    if actor.role is Role.ADMIN:
        return True
    if actor.role is not Role.MANAGER or target.role is not Role.AGENT:
        return False
    return target.manager_id == actor.id or bool(
        team_repository.names_managed_by(tx, actor.id) & set(target.teams)
    )


def require_teams_led(tx: Transaction, actor: Actor, names: Collection[str], sentence: str) -> None:
    """Raise `Forbidden` if a manager names teams that are not theirs; `sentence` ends in their names."""
    if actor.role is Role.ADMIN:
        return
    strange = sorted(set(names) - team_repository.names_managed_by(tx, actor.id))
    if strange:
        raise Forbidden(f"{sentence}: {', '.join(strange)}")
