"""Look at how visitors feel by itself, in the background: every third message, and at once where one sounds angry."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from aichatdesk.assistant.anger import sounds_angry
from aichatdesk.assistant.copilot import Copilot
from aichatdesk.conversation.domain import VisitorMessagePosted
from aichatdesk.conversation.read_chat import count_visitor_messages, get_chat, get_message
from aichatdesk.core.errors import DeskError, NotFound, TooMany, Unavailable
from aichatdesk.core.ids import ChatId
from aichatdesk.inference.admission import Priority
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Database, Transaction

WATCH_MOOD = "watch_mood"
_EVERY = 3
# So that the answer to the message comes first.
_AFTER_THE_ANSWER = timedelta(seconds=2)
_AGAIN_AFTER = timedelta(seconds=30)
_WAY_GIVEN_FOR = timedelta(seconds=5)
_LONGEST = timedelta(seconds=90)
_MOST_TRIES = 2
# Five minutes of giving way: a mood of then is no news.
_MOST_WAYS_GIVEN = 60
_log = structlog.get_logger(__name__)


def watch_mood(tx: Transaction, posted: VisitorMessagePosted) -> None:
    """Hear that a visitor wrote; of one chat at most one look waits."""
    message = get_message(tx, posted.message_id)
    if message is not None and sounds_angry(message.content):
        _look(tx, {"chatId": posted.chat_id})
    elif count_visitor_messages(tx, posted.chat_id) % _EVERY == 0:
        _look(tx, {"chatId": posted.chat_id}, after=_AFTER_THE_ANSWER)


async def look_at_mood(database: Database, copilot: Copilot, payload: Mapping[str, Any]) -> None:
    """The durable job: judge one chat's mood while no visitor needs the model, or look again later.

    It ends without an error, after two failures for good: of a job that failed for good a row would stay for each
    chat that was open while the model was down.
    """
    chat_id = ChatId(str(payload["chatId"]))
    tries, ways = int(payload.get("tries", 0)), int(payload.get("waysGiven", 0))
    try:
        gave_way = await _judge(database, copilot, chat_id)
    except NotFound:
        return  # deleted meanwhile
    except (Unavailable, TooMany, TimeoutError) as error:
        _log.warning("mood not judged", attempt=tries + 1, error=str(error))
        if tries + 1 < _MOST_TRIES:
            again = {"chatId": chat_id, "tries": tries + 1, "waysGiven": ways}
            await database.write(partial(_look, payload=again, after=_AGAIN_AFTER))
    except DeskError as error:
        _log.warning("mood cannot be judged", error=error.message)
    else:
        if gave_way and ways < _MOST_WAYS_GIVEN:
            again = {"chatId": chat_id, "tries": tries, "waysGiven": ways + 1}
            await database.write(partial(_look, payload=again, after=_WAY_GIVEN_FOR))


async def _judge(database: Database, copilot: Copilot, chat_id: ChatId) -> bool:
    """Judge and keep the mood; True if it gave way to a visitor instead."""
    chat = await database.read(partial(get_chat, chat_id=chat_id))
    gave_way = False
    try:
        async with asyncio.timeout(_LONGEST.total_seconds()) as limit:

            def give_way() -> None:
                nonlocal gave_way
                if not limit.expired():
                    gave_way = True
                    limit.reschedule(asyncio.get_running_loop().time())

            await copilot.analyze_mood(chat, priority=Priority.BACKGROUND, give_way=give_way)
    except TimeoutError:
        if not gave_way:
            raise
    return gave_way


def _look(tx: Transaction, payload: Mapping[str, Any], *, after: timedelta = timedelta(0)) -> None:
    enqueue(tx, WATCH_MOOD, payload, key=f"{WATCH_MOOD}:{payload['chatId']}", delay=after)
