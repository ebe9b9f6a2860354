"""Where ports meet what stands behind them, and the work that goes on while a desk is open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from aichatdesk.assistant.turns import Turns
from aichatdesk.assistant.watch_mood import WATCH_MOOD, look_at_mood
from aichatdesk.conversation.answer import mark_interrupted_answers
from aichatdesk.conversation.close_absent import watch_absence
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.uploads import Uploads
from aichatdesk.core.clock import SystemClock
from aichatdesk.core.errors import DeskError
from aichatdesk.desk.assign import pass_on_from_absent
from aichatdesk.desk.create_agent import ensure_first_admin
from aichatdesk.desk.domain import AccountMade
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.presence import Attendance
from aichatdesk.desk.set_up import needs_setup
from aichatdesk.desk.setup_code import SetupCode
from aichatdesk.desk.tokens import Tokens, own_secret
from aichatdesk.entry.application import Parts, make_application
from aichatdesk.entry.integration_endpoints import Services, integration_routes
from aichatdesk.entry.settings import Settings
from aichatdesk.entry.web_pages import DemoPage
from aichatdesk.entry.wire_facts import subscribe_rooms
from aichatdesk.entry.wire_learning import wire_learning
from aichatdesk.entry.wire_models import make_assistant, make_copilot, open_models
from aichatdesk.entry.wire_outbound import open_outbound
from aichatdesk.knowledge.generations import require_fitting_model
from aichatdesk.knowledge.ingest import EMBED_DOCUMENT, embed_document
from aichatdesk.knowledge.model_revision import watch_model_revision
from aichatdesk.knowledge.re_embed_all import RE_EMBED, re_embed_documents
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.jobs.queue import Handler, run_jobs
from aichatdesk.platform.storage.database import Database
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

_DATABASE = "desk.db"
_LOOK_FOR_ABSENT_AGENTS_EVERY = 30.0
_LET_ANSWERS_END = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Desk:
    """One running desk."""

    app: FastAPI
    database: SqliteDatabase
    live: LiveChats

    def end_streams(self) -> None:
        """See `LiveChats.end_streams`."""
        self.live.end_streams()


@contextlib.asynccontextmanager
async def open_desk(
    settings: Settings, *, demo: DemoPage | None = None, passwords: Passwords | None = None
) -> AsyncIterator[Desk]:
    """Open the data, wire the rooms and run the background work until the context ends.

    Raises:
        Misconfigured: A model is not named, or the knowledge base belongs to another one.
        DatabaseInUse: Another process has the data open.
    """
    facts, live, passwords = FactBoard(), LiveChats(), passwords or Passwords()
    folder = settings.server.data_dir
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            SqliteDatabase.open(folder / _DATABASE, record_fact=facts.record)
        )
        models = await stack.enter_async_context(open_models(settings))
        await require_fitting_model(database, models.embedding)
        retriever = Retriever(database, models.embedding, VectorIndex())
        await retriever.load()
        turns = Turns(make_assistant(settings, database, retriever, models), live)
        uploads = Uploads(folder / "uploads", SystemClock())
        subscribe_rooms(facts, live, retriever, turns, uploads)
        await database.write(mark_interrupted_answers)
        await watch_absence(database, live)
        tokens = _tokens(settings, database)
        outbound = await stack.enter_async_context(
            open_outbound(settings, database, Guard(tokens), facts, live)
        )
        learning = wire_learning(database, Guard(tokens), models.embedding, retriever, facts)
        account = settings.account
        await ensure_first_admin(
            database, passwords, account.admin_email, account.admin_password.get_secret_value()
        )
        services = Services(
            settings, models.endpoints["chat"], models.endpoints["embedding"], outbound.services.calendar
        )
        setup_code = await _setup_code(folder, database, facts)
        parts = Parts(
            settings,
            database,
            models,
            retriever,
            live,
            turns,
            tokens,
            passwords,
            setup_code,
            outbound.transcripts,
            outbound.services,
            uploads,
            (*learning.routes, *outbound.routes, integration_routes(database, Guard(tokens), services)),
        )
        handlers: dict[str, Handler] = {
            EMBED_DOCUMENT: partial(embed_document, database, models.embedding),
            RE_EMBED: partial(re_embed_documents, database, models.embedding),
            WATCH_MOOD: partial(look_at_mood, database, make_copilot(database, models)),
            **learning.jobs,
            **outbound.jobs,
        }
        async with _background(database, handlers, watch_model_revision(database, models.embedding)):
            try:
                yield Desk(make_application(parts, demo), database, live)
            finally:
                await turns.close(patience=_LET_ANSWERS_END)
                live.close()


async def _setup_code(folder: Path, database: SqliteDatabase, facts: FactBoard) -> SetupCode:
    """The desk's setup code, which is there until the first account is."""
    setup_code = SetupCode(folder)
    facts.subscribe(AccountMade, lambda tx, _: tx.after_commit(setup_code.remove))
    if await database.read(needs_setup):
        setup_code.make()
    else:
        setup_code.remove()
    return setup_code


def _tokens(settings: Settings, database: SqliteDatabase) -> Tokens:
    account = settings.account
    secret = account.jwt_secret.get_secret_value() or own_secret(settings.server.data_dir)
    return Tokens(database, secret, account.jwt_expires_in, Attendance(database))


@contextlib.asynccontextmanager
async def _background(
    database: Database, handlers: Mapping[str, Handler], *watching: Coroutine[Any, Any, None]
) -> AsyncIterator[None]:
    """The work beside requests; each kind of job has a runner, so that slow work delays only its like."""
    tasks = [asyncio.create_task(run_jobs(database, {kind: run})) for kind, run in handlers.items()]
    tasks += [asyncio.create_task(one) for one in (_watch_absent_agents(database), *watching)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch_absent_agents(database: Database) -> None:
    while True:
        await asyncio.sleep(_LOOK_FOR_ABSENT_AGENTS_EVERY)
        with contextlib.suppress(DeskError):  # a full disk, say; the next look may succeed
            await database.write(pass_on_from_absent)
