"""Things that are there, made the way their users make them, for tests that visit every route.

    things = await Things.of(desk)
    path = path.format(team_id=await things.make("team_id"))

A path parameter that nothing here can make fails with a sentence that says so.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aichatdesk.conversation.answer import begin_answer
from aichatdesk.core.access import Role
from aichatdesk.core.ids import AgentId, ChatId, MessageId, SessionId
from aichatdesk.desk import repository
from aichatdesk.desk.create_agent import store_agent
from aichatdesk.entry.control import owner_client
from aichatdesk.knowledge import gaps, open_questions, suggestions
from aichatdesk.knowledge.open_questions import Asked, WhyOpen
from aichatdesk.knowledge.suggestions import Reply
from aichatdesk.outbound import outbox
from aichatdesk.platform.jobs.queue import GiveUp
from peers.running_desk import RunningDesk, quick_passwords

NO_PASSWORD = "!"  # a hash that no password has, so that making accounts costs nothing
PASSWORD = "long-enough-words"
UNKNOWN_ID = "0123456789abcdef01234567"
UNKNOWN_SESSION = "00000000-0000-4000-8000-000000000000"

Headers = dict[str, str]


class Things:
    """Makes one thing of a kind at a time; kinds are the names of path parameters."""

    def __init__(self, desk: RunningDesk, admin: Headers) -> None:
        self.desk = desk
        self.admin = admin
        self.chats: dict[str, dict[str, Any]] = {}
        self._hashed = ""
        self._of_code: dict[str, str] = {}
        self._number = itertools.count(1)
        self._makers: dict[str, Callable[..., Awaitable[str]]] = {
            "session_id": self.chat,
            "other_session_id": self.chat,
            "message_id": self.answer,
            "agent_id": self.account,
            "team_id": self.team,
            "invite_id": self.invite,
            "code": self.invite_code,
            "response_id": self.canned_response,
            "category_id": self.category,
            "document_id": self.document,
            "item_id": self.outbox_item,
            "key": self.public_setting,
            "event_id": self.booking,
            "suggestion_id": self.suggestion,
            "gap_id": self.gap,
        }

    @classmethod
    async def of(cls, desk: RunningDesk) -> "Things":
        return cls(desk, await desk.sign_in())

    async def make(self, parameter: str, **how: Any) -> str:
        assert parameter in self._makers, (
            f"A route has the path parameter {{{parameter}}}, and nothing makes such a thing yet: "
            "add how to make one to tests/peers/made_things.py."
        )
        return await self._makers[parameter](**how)

    def unknown(self, parameter: str) -> str:
        """What looks like the id of such a thing and is none."""
        return UNKNOWN_SESSION if parameter == "session_id" else UNKNOWN_ID

    async def delete(self, parameter: str, made: str) -> None:
        """Take a thing away as its users would; a setting is simply not named, a suggestion rejected, a gap dismissed."""
        ways = {
            "session_id": "/api/chat/{}",
            "agent_id": "/api/agents/{}",
            "team_id": "/api/agents/roles/{}",
            "invite_id": "/api/agents/invite-links/{}",
            "code": "/api/agents/invite-links/{}",
            "response_id": "/api/canned-responses/{}",
            "category_id": "/api/categories/{}",
            "document_id": "/api/knowledge/{}",
            "item_id": "/api/v1/outbox/{}",
        }
        if parameter == "suggestion_id":
            await self.call("POST", f"/api/v1/knowledge/suggestions/{made}/reject")
        if parameter == "gap_id":
            await self.call("POST", f"/api/v1/knowledge/gaps/{made}/dismiss")
        if parameter in ways:
            await self.call("DELETE", ways[parameter].format(self._of_code.get(made, made)))

    async def call(self, method: str, path: str, who: Headers | None = None, **how: Any) -> Any:
        reply = await self.desk.client.request(method, path, headers=who or self.admin, **how)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    async def chat(self, *, owner: Headers | None = None) -> str:
        """A chat in which something was said; `owner` has taken it."""
        chat = await self.desk.start_chat()
        self.chats[chat["sessionId"]] = chat
        await self.call("POST", "/api/messages", json={"chatId": chat["chatId"], "content": "How do I pay?"})
        if owner:
            await self.call("POST", f"/api/chat/{chat['sessionId']}/takeover", owner)
        return chat["sessionId"]

    async def answer(self) -> str:
        """An answer of the assistant in the newest chat."""
        chat_id = ChatId([*self.chats.values()][-1]["chatId"])
        begin = partial(begin_answer, chat_id=chat_id, question_id=None, sources=[])
        return await self.desk.desk.database.write(begin)

    async def account(
        self, *, role: Role = Role.AGENT, team: str | None = None, password_hash: str = NO_PASSWORD
    ) -> str:
        work = partial(
            store_agent,
            email=f"made-{next(self._number)}@example.org",
            name="Somebody",
            password_hash=password_hash,
            role=role,
            teams=[team] if team else [],
        )
        return (await self.desk.desk.database.write(work)).id

    async def token_of(self, agent_id: str) -> Headers:
        """Sign in to an account of `account`."""
        change = partial(
            repository.change_agent, agent_id=AgentId(agent_id), password_hash=await self._hash()
        )
        await self.desk.desk.database.write(change)
        found = await self.desk.desk.database.read(
            partial(repository.agent_by_id, agent_id=AgentId(agent_id))
        )
        # Over the owner's socket, which has no address and so no limit of sign-ins.
        async with owner_client(self.desk.desk.app) as owner:
            login = await owner.post("/api/agents/login", json={"email": found.email, "password": PASSWORD})
        assert login.is_success, login.text
        return {"Authorization": f"Bearer {login.json()['token']}"}

    async def _hash(self) -> str:
        if not self._hashed:
            self._hashed = await quick_passwords().hash(PASSWORD)
        return self._hashed

    async def team(self, *, manager: str | None = None, name: str = "") -> str:
        body = {"name": name or f"Team {next(self._number)}", "icon": "📦", "managerId": manager}
        return (await self.call("POST", "/api/agents/roles", json=body))["role"]["id"]

    async def invite(self, *, by: Headers | None = None) -> str:
        return (await self._invite(by))["id"]

    async def invite_code(self, *, by: Headers | None = None) -> str:
        link = await self._invite(by)
        self._of_code[link["code"]] = link["id"]
        return link["code"]

    async def canned_response(self) -> str:
        body = {"title": f"Text {next(self._number)}", "content": "Thank you for writing."}
        return (await self.call("POST", "/api/canned-responses", json=body))["id"]

    async def category(self) -> str:
        body = {"name": f"Category {next(self._number)}", "prompt": "Be exact.", "icon": "📦"}
        return (await self.call("POST", "/api/categories", json=body))["_id"]

    async def document(self) -> str:
        text = f"# Paying\n\nInvoices are paid within {next(self._number)} days.\n"
        return (await self.desk.teach("paying.md", text))["id"]

    async def public_setting(self) -> str:
        return "companyName"

    async def suggestion(self) -> str:
        """A pair that nobody has decided on."""
        chat = self.chats[await self.chat()]
        number = f"{next(self._number):04}"
        pair = Reply(
            chat_id=ChatId(chat["chatId"]),
            message_id=MessageId(UNKNOWN_ID),
            question=f"How long is the warranty of model number {number}?",
            answer=f"The warranty of model number {number} lasts five years.",
            names=(),
        )
        database = self.desk.desk.database
        assert await database.write(partial(suggestions.suggest, reply=pair))
        listed = await database.read(partial(suggestions.list_suggestions, state="pending"))
        return next(one["id"] for one in listed if number in one["question"])

    async def gap(self) -> str:
        """A question that nobody has answered."""
        chat = self.chats[await self.chat()]
        number = f"{next(self._number):04}"
        asked = Asked(
            chat_id=ChatId(chat["chatId"]),
            session_id=SessionId(chat["sessionId"]),
            message_id=None,
            question=f"zork{number} blip{number} quux{number} wibble{number}?",  # near to no other
            names=(),
        )
        database = self.desk.desk.database
        assert await database.write(partial(open_questions.leave_open, asked=asked, why=WhyOpen.NO_ANSWER))
        while await database.read(gaps.count_ungrouped):
            await asyncio.sleep(0.01)
        listed = await database.read(gaps.list_gaps)
        return next(gap["id"] for gap in listed if gap["examples"][0]["sessionId"] == chat["sessionId"])

    async def booking(self) -> str:
        """None, for these desks have no calendar."""
        return UNKNOWN_ID

    async def outbox_item(self) -> str:
        """An item that could not be delivered."""
        key = f"made-{next(self._number)}"
        database = self.desk.desk.database
        await database.write(partial(outbox.put, kind=key, payload={}, key=key, title=key))
        items = await database.read(partial(outbox.list_items, state="waiting"))
        [item_id] = [item["id"] for item in items if item["kind"] == key]
        with contextlib.suppress(GiveUp):  # nothing sends such a kind
            await outbox.deliver(database, {}, {"id": item_id})
        return str(item_id)

    async def _invite(self, by: Headers | None) -> Any:
        return (await self.call("POST", "/api/agents/invite-links", by, json={}))["link"]
