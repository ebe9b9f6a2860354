"""The HTTP routes through which visitors ask: the old server's, and the streaming ones."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from aichatdesk.assistant.phrases import phrases
from aichatdesk.assistant.turn import Question, TurnResult, Watcher
from aichatdesk.assistant.turns import Turns
from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.attachments import read_attachments
from aichatdesk.conversation.body_shapes import AnyAttachments
from aichatdesk.conversation.domain import Chat, ChatStatus, Mode, Reason, checked_content
from aichatdesk.conversation.event_endpoints import as_server_sent, wants_stream
from aichatdesk.conversation.follow import follow
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.post_message import Posted, post_visitor_message
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.read_chat import get_chat
from aichatdesk.core.errors import Conflict, Invalid, Unavailable
from aichatdesk.core.ids import ChatId, SessionId, require_id
from aichatdesk.core.text import shorten
from aichatdesk.platform.http.common_shapes import AnyText
from aichatdesk.platform.realtime.hub import Lagging
from aichatdesk.platform.storage.database import Database, Transaction

_LOOK_EVERY = timedelta(milliseconds=300)
_LONGEST_PAGE = 4000
_TRANSIENT = frozenset({"queued", "draft"})

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


class QueryBody(BaseModel):
    """A question in the old server's form."""

    model_config = ConfigDict(extra="ignore")

    chatId: AnyText = None
    message: AnyText = None
    pageContext: Annotated[
        Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}]})
    ] = None


class SendBody(BaseModel):
    """A visitor's message."""

    model_config = ConfigDict(extra="ignore")

    content: AnyText = None
    clientMessageId: str | None = None
    pageContext: str | None = Field(None, max_length=4000)
    drafts: bool = False
    attachments: AnyAttachments = None


def query_routes(database: Database, turns: Turns, quotas: VisitorQuotas) -> APIRouter:
    """The old server's question and answer in one reply."""
    routes = APIRouter(prefix="/api/ai", tags=["assistant"])

    @routes.post("/query")
    async def query(body: QueryBody, request: Request) -> dict[str, Any]:
        """Answer a question; the message itself is stored by its own route, before."""
        if body.chatId in (None, "") or body.message in (None, ""):
            raise Invalid("chatId and message are required")
        chat_id = ChatId(require_id(body.chatId, "chatId"))
        text = checked_content(body.message)
        quotas.questions.take(chat_id)
        chat = await database.read(partial(get_chat, chat_id=chat_id))
        if chat.status is ChatStatus.CLOSED:
            raise Conflict("This chat is closed; a message opens it again.")
        if chat.mode is Mode.HUMAN:
            language = chat.language or "en"
            # Old widgets take an empty response for a failure.
            waiting = TurnResult(text=phrases(language).handed_over, needs_human=True, language=language)
            return _query_reply(waiting)
        question = Question(chat_id, text, page_context=_page(body.pageContext), hand_over_refusals=True)
        result = await _until_gone(request, turns.start(chat.session_id, question))
        if result.failed and result.failed is not Reason.STOPPED:
            raise Unavailable("The assistant cannot answer now; a person will.")
        return _query_reply(result)

    return routes


def send_routes(database: Database, live: LiveChats, turns: Turns, quotas: VisitorQuotas) -> APIRouter:
    """Say something and hear the answer as it is written."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    @routes.post("/{session_id}/messages", responses={200: {"content": {"text/event-stream": {}}}})
    async def send(
        session_id: str, body: SendBody, request: Request, visitor_token: VisitorToken = None
    ) -> Any:
        """Store a message once and answer it, as an event stream or in one reply."""
        session = SessionId(session_id)
        quotas.messages.take(session)
        chat, posted = await database.write(
            partial(_post, session_id=session, token=visitor_token, body=body)
        )
        # A resend may follow the answer that is on its way, or get the one that a stopped process owed.
        task = turns.answering(session, posted.message.id)
        if task is None and (posted.unanswered if posted.deduplicated else chat.mode is Mode.AI):
            question = Question(chat.id, posted.message.content, posted.message.id, body.pageContext or "")
            task = turns.start(session, question, _watcher(live, session, drafts=body.drafts))
        if wants_stream(request):
            return StreamingResponse(
                _stream(database, live, session, posted, task),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )
        with live.connected(session):
            result = await _until_gone(request, task, stop=False) if task else None
        return _send_reply(chat, posted, result)

    @routes.post("/{session_id}/stop")
    async def stop(session_id: str, visitor_token: VisitorToken = None) -> dict[str, Any]:
        """Stop the answer that is being written; what was sent stays."""
        session = SessionId(session_id)
        await database.read(partial(require_visitor, session_id=session, token=visitor_token))
        await turns.stop(session)
        return {"success": True}

    @routes.post("/{session_id}/leave")
    async def leave(session_id: str, visitor_token: VisitorToken = None) -> dict[str, Any]:
        """Say that the visitor has gone: no answer is written any more; the chat stays for a while."""
        session = SessionId(session_id)
        await database.read(partial(require_visitor, session_id=session, token=visitor_token))
        await turns.stop(session)
        live.watch_absence(session)
        return {"success": True}

    return routes


def _post(tx: Transaction, session_id: SessionId, token: str | None, body: SendBody) -> tuple[Chat, Posted]:
    chat = require_visitor(tx, session_id, token)
    posted = post_visitor_message(
        tx,
        chat.id,
        body.content,
        client_message_id=body.clientMessageId,
        attachments=read_attachments(body.attachments),
    )
    return get_chat(tx, chat.id), posted


def _watcher(live: LiveChats, session_id: SessionId, *, drafts: bool) -> Watcher:
    def on_place(place: int) -> None:
        live.publish_transient(session_id, "queued", {"place": place})

    def on_draft(text: str) -> None:
        live.publish_transient(session_id, "draft", {"text": text})

    return Watcher(on_place, on_draft if drafts else None)


async def _stream(
    database: Database,
    live: LiveChats,
    session_id: SessionId,
    posted: Posted,
    task: asyncio.Task[TurnResult] | None,
) -> AsyncIterator[str]:
    """`accepted`, then the chat's events up to the end of this turn."""
    with live.connected(session_id):
        accepted = {
            "type": "accepted",
            "messageId": posted.message.id,
            "seq": posted.seq,
            "deduplicated": posted.deduplicated,
        }
        yield as_server_sent(accepted)
        if task is None:
            return
        seen = posted.seq
        events = follow(database, live, session_id, after=posted.seq, staff=False, ping_every=_LOOK_EVERY)
        with contextlib.suppress(Lagging):
            async for event in events:
                if event is not None and (event.get("seq") or event["type"] in _TRANSIENT):
                    seen = event.get("seq") or seen
                    yield as_server_sent(event)
                if task.done() and (task.cancelled() or seen >= task.result().last_seq):
                    return


async def _until_gone(request: Request, task: asyncio.Task[TurnResult], *, stop: bool = True) -> TurnResult:
    """Wait for a turn; if the caller goes first, the turn is stopped where nobody could fetch it later."""
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_EVERY.total_seconds())
        if stop and not task.done() and await request.is_disconnected():
            task.cancel()
    if task.cancelled():
        return TurnResult(needs_human=False)
    return task.result()


def _page(told: Any) -> str:
    """What old widgets tell of their page, a text or an object; anything else, and what is too long, is left out."""
    if isinstance(told, dict):
        told = json.dumps(told, ensure_ascii=False)
    return shorten(told, _LONGEST_PAGE) if isinstance(told, str) else ""


def _query_reply(result: TurnResult) -> dict[str, Any]:
    return {
        "response": result.text,
        "confidence": result.confidence,
        "needsHuman": result.needs_human,
        "sources": [
            {"filename": source["document"], "similarity": source["similarity"]} for source in result.sources
        ],
        "language": result.language,
        "cached": False,
    }


def _send_reply(chat: Chat, posted: Posted, result: TurnResult | None) -> dict[str, Any]:
    answer = None
    if result is not None and result.answer_id is not None:
        answer = {
            "id": result.answer_id,
            "content": result.text,
            "citations": result.citations,
            "sources": result.sources,
            "confidence": result.confidence,
            "needsHuman": result.needs_human,
            "state": result.state.value,
            "language": result.language,
            "seq": result.last_seq,
        }
    handed_over = chat.mode is Mode.HUMAN or bool(result and result.handed_over)
    message = {**posted.message.shown(), "seq": posted.seq, "deduplicated": posted.deduplicated}
    return {"message": message, "answer": answer, "handedOver": handed_over}
