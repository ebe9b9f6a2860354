"""Whether people at the desk are really there: whoever sends no request for a while is not."""

import asyncio
import time
from datetime import timedelta
from functools import partial

from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent
from aichatdesk.platform.storage.database import Database, Transaction

PRESENT_FOR = timedelta(minutes=5)
_NOTE_EVERY = timedelta(minutes=1)


def at_desk(tx: Transaction, agent: Agent) -> bool:
    """Whether the agent was seen lately, whatever the status says."""
    return agent.active and agent.last_seen is not None and tx.now - agent.last_seen <= PRESENT_FOR


def is_available(tx: Transaction, agent: Agent) -> bool:
    """Whether the agent takes chats now: there, and online."""
    return agent.status == "online" and at_desk(tx, agent)


def shown_status(tx: Transaction, agent: Agent) -> str:
    """The status as others should see it: offline for somebody who is not there."""
    return agent.status if at_desk(tx, agent) else "offline"


def available_agents(tx: Transaction) -> list[Agent]:
    """Who takes chats now, by name."""
    return [agent for agent in repository.list_agents(tx, status="online") if is_available(tx, agent)]


def note_present(tx: Transaction, agent_id: AgentId) -> None:
    """Note that an agent is there who works in another product and sends no request of their own."""
    repository.note_seen(tx, agent_id)


class Attendance:
    """Notes now and then who is there; open connections count, for they are asked who they are all the time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[AgentId, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def seen(self, agent_id: AgentId) -> None:
        """Note that an agent was here, at most once a minute and without waiting for it."""
        now = time.monotonic()
        if now - self._noted.get(agent_id, float("-inf")) < _NOTE_EVERY.total_seconds():
            return
        self._noted[agent_id] = now
        note = asyncio.ensure_future(self._database.write(partial(repository.note_seen, agent_id=agent_id)))
        self._running.add(note)
        note.add_done_callback(self._running.discard)
