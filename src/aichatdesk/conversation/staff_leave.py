"""An agent's leave to listen, which ends with the sign-out, the account or the token."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.access import Action, Actor, authorize
from aichatdesk.core.errors import Forbidden, Unauthenticated
from aichatdesk.core.ids import AgentId

LOOK_EVERY = timedelta(seconds=5)


class StaffLeave:
    """Asks again who the listener is after every change of the account, and now and then.

    The regular look is for what no change announces, such as the end of a token's life.
    """

    def __init__(self, agent_id: AgentId, identify: Callable[[], Awaitable[Actor]]) -> None:
        self.agent_id = agent_id
        self._identify = identify
        self._sure_until = 0.0

    async def holds(self) -> bool:
        """Whether the agent may still listen."""
        if time.monotonic() < self._sure_until:
            return True
        try:
            authorize(await self._identify(), Action.READ_CHATS)
        except (Unauthenticated, Forbidden):
            return False
        self._sure_until = time.monotonic() + LOOK_EVERY.total_seconds()
        return True

    def doubt(self) -> None:
        """Look again at the next question, whenever the last look was."""
        self._sure_until = 0.0


async def until_refused(live: LiveChats, leave: StaffLeave) -> None:
    """Return once the agent may not listen any more."""
    # Listening starts before the first look, so a change in between is in one of the two.
    with live.subscribe_account(leave.agent_id) as changes:
        while await leave.holds():
            await changes.next(LOOK_EVERY)
            leave.doubt()
