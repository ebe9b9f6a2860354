"""Which people at the desk look at which chats now."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aichatdesk.core.access import Actor
from aichatdesk.core.ids import AgentId, SessionId


@dataclass(frozen=True, slots=True)
class Looker:
    """An agent who looks at a chat."""

    id: AgentId
    name: str


@dataclass(frozen=True, slots=True)
class LookersChanged:
    """Who looks at a chat from now on, in the order in which they came."""

    session_id: SessionId
    agents: Sequence[Looker]


class Lookers:
    """Counts the connections of agents to chats; `tell` hears of each agent who comes or goes."""

    def __init__(self, tell: Callable[[LookersChanged], None]) -> None:
        self._tell = tell
        self._connections: defaultdict[SessionId, Counter[Looker]] = defaultdict(Counter)

    @contextlib.contextmanager
    def looking(self, session_id: SessionId, actor: Actor) -> Iterator[None]:
        """Count one connection of an agent for as long as the context lasts."""
        looker = Looker(actor.id, actor.name)
        there = self._connections[session_id]
        there[looker] += 1
        if there[looker] == 1:
            self._tell(self._now(session_id))
        try:
            yield
        finally:
            there[looker] -= 1
            if there[looker] <= 0:
                del there[looker]
                self._tell(self._now(session_id))
            if not there:
                self._connections.pop(session_id, None)

    def everywhere(self) -> Mapping[SessionId, Sequence[Looker]]:
        """Every chat that anybody looks at."""
        return {session_id: tuple(there) for session_id, there in self._connections.items() if there}

    def _now(self, session_id: SessionId) -> LookersChanged:
        return LookersChanged(session_id, tuple(self._connections[session_id]))
