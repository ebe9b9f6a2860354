"""Find the person at the desk behind an address that another product vouches for."""

from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent
from aichatdesk.platform.storage.database import Transaction


def agent_by_address(tx: Transaction, address: str) -> Agent | None:
    """The active agent with this address; None if there is none, or no telling which of several.

    The account whose own e-mail address it is comes first: agents enter the other two themselves, so nobody can take
    an address that is another account's own.
    """
    wanted = address.strip().lower()
    found = repository.active_agents_by_address(tx, wanted) if wanted else []
    own = [agent for agent in found if agent.email.lower() == wanted]
    candidates = own or found
    return candidates[0] if len(candidates) == 1 else None
