"""Who hears which news; the order of subscription is the order of hearing."""

from functools import partial

from aichatdesk.assistant.answer_returned import answer_returned
from aichatdesk.assistant.turns import Turns
from aichatdesk.assistant.watch_mood import watch_mood
from aichatdesk.conversation.close_absent import watch_changed_chat, watch_new_chat
from aichatdesk.conversation.domain import (
    ChatDeleted,
    ChatEvent,
    ChatStarted,
    EventAppended,
    HandOverRequested,
    ReturnedToAssistant,
    VisitorMessagePosted,
)
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.uploads import Uploads
from aichatdesk.desk.assign import assign_waiting, mind_chats, mind_owner
from aichatdesk.desk.domain import AccountChanged
from aichatdesk.knowledge.domain import ChunksChanged
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard


def subscribe_rooms(
    facts: FactBoard, live: LiveChats, retriever: Retriever, turns: Turns, uploads: Uploads
) -> None:
    """Join the rooms that are always there; what goes out is told after them, when a chat has found its agent."""
    facts.subscribe(ChunksChanged, retriever.hear)
    facts.subscribe(EventAppended, partial(_publish, live))
    facts.subscribe(EventAppended, partial(watch_changed_chat, live))
    facts.subscribe(ChatStarted, partial(_announce, live))
    facts.subscribe(ChatStarted, partial(watch_new_chat, live))
    facts.subscribe(AccountChanged, partial(_look_again, live))
    facts.subscribe(AccountChanged, mind_chats)
    facts.subscribe(HandOverRequested, assign_waiting)
    facts.subscribe(VisitorMessagePosted, mind_owner)
    facts.subscribe(VisitorMessagePosted, watch_mood)
    facts.subscribe(ReturnedToAssistant, partial(answer_returned, turns))
    facts.subscribe(ChatDeleted, partial(_erase, live, uploads))


def _publish(live: LiveChats, tx: Transaction, appended: EventAppended) -> None:
    tx.after_commit(lambda: live.publish(appended.event))


def _announce(live: LiveChats, tx: Transaction, started: ChatStarted) -> None:
    event = ChatEvent(started.session_id, started.chat_id, 0, None, "started", tx.now, {})
    tx.after_commit(lambda: live.announce(event))


def _erase(live: LiveChats, uploads: Uploads, tx: Transaction, deleted: ChatDeleted) -> None:
    event = ChatEvent(deleted.session_id, deleted.chat_id, 0, None, "deleted", tx.now, {})
    tx.after_commit(lambda: uploads.forget(deleted.files))
    tx.after_commit(lambda: live.announce(event))


def _look_again(live: LiveChats, tx: Transaction, changed: AccountChanged) -> None:
    tx.after_commit(lambda: live.account_changed(changed.agent_id))
