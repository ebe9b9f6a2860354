"""Where ports meet what stands behind them: the only place that knows every room."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI

import aichatdesk
from aichatdesk.assistant.answer_returned import answer_returned
from aichatdesk.assistant.copilot import Copilot
from aichatdesk.assistant.copilot_endpoints import copilot_routes
from aichatdesk.assistant.endpoints import query_routes, send_routes
from aichatdesk.assistant.pick_icon import ModelIcons
from aichatdesk.assistant.prompt import Budget
from aichatdesk.assistant.take_turn import Assistant
from aichatdesk.assistant.turns import Turns
from aichatdesk.assistant.watch_mood import WATCH_MOOD, look_at_mood, watch_mood
from aichatdesk.conversation.analytics_endpoints import analytics_routes
from aichatdesk.conversation.answer import mark_interrupted_answers
from aichatdesk.conversation.close_absent import watch_absence, watch_changed_chat, watch_new_chat
from aichatdesk.conversation.dashboard_endpoints import dashboard_routes
from aichatdesk.conversation.domain import (
    ChatDeleted,
    ChatEvent,
    ChatStarted,
    EventAppended,
    HandOverRequested,
    ReturnedToAssistant,
    VisitorMessagePosted,
)
from aichatdesk.conversation.endpoints import chat_routes, message_routes
from aichatdesk.conversation.event_endpoints import event_routes
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.socket import socket_routes
from aichatdesk.conversation.upload_endpoints import upload_routes
from aichatdesk.conversation.uploads import LARGEST_FILE, MOST_FILES, Uploads
from aichatdesk.conversation.visitor_endpoints import visitor_routes
from aichatdesk.core.clock import SystemClock
from aichatdesk.core.errors import DeskError, Misconfigured
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.desk.assign import assign_waiting, mind_chats, mind_owner, pass_on_from_absent
from aichatdesk.desk.canned_response_endpoints import canned_response_routes
from aichatdesk.desk.category_endpoints import category_routes
from aichatdesk.desk.category_prompts import DeskCategoryPrompts
from aichatdesk.desk.create_agent import ensure_first_admin
from aichatdesk.desk.domain import AccountChanged
from aichatdesk.desk.endpoints import agent_routes, managed_agent_routes
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.presence import Attendance
from aichatdesk.desk.search_endpoints import search_everything_routes
from aichatdesk.desk.settings_endpoints import settings_routes
from aichatdesk.desk.sign_in_limit import SignInLimit
from aichatdesk.desk.team_endpoints import invite_routes, team_routes
from aichatdesk.desk.tokens import Tokens, own_secret
from aichatdesk.entry.api_description import DescribedApi
from aichatdesk.entry.api_docs import api_docs_routes
from aichatdesk.entry.health import health_routes
from aichatdesk.entry.settings import Settings
from aichatdesk.entry.web_pages import DemoPage, old_page_routes, web_routes
from aichatdesk.entry.wire_learning import Learning, wire_learning
from aichatdesk.entry.wire_outbound import Outbound, open_outbound
from aichatdesk.inference.admission import Admission
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.openai_endpoint import Endpoint
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.knowledge.domain import ChunksChanged
from aichatdesk.knowledge.endpoints import knowledge_routes, search_routes
from aichatdesk.knowledge.generations import require_fitting_model
from aichatdesk.knowledge.ingest import EMBED_DOCUMENT, embed_document
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.address import ClientAddress
from aichatdesk.platform.http.body_limit import BodyLimit
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.http.cors import Cors
from aichatdesk.platform.http.errors import install_error_handlers
from aichatdesk.platform.http.json_text import refuse_odd_json
from aichatdesk.platform.http.metrics import Measured, RequestMetrics
from aichatdesk.platform.http.old_requests import OldRequests
from aichatdesk.platform.http.rate_limit import RateLimit
from aichatdesk.platform.jobs.queue import Handler, run_jobs
from aichatdesk.platform.sandbox.run_limited import Sandbox
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

_DATABASE = "desk.db"
_WEB = Path(aichatdesk.__file__).parent / "web"
_LONGEST_ANSWER_SHARE = 0.5
_LOOK_FOR_ABSENT_AGENTS_EVERY = 30.0
_FEWEST_SOCKETS = 20
_LET_ANSWERS_END = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Desk:
    """One running desk."""

    app: FastAPI
    database: SqliteDatabase
    end_streams: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Models:
    """The two models that a desk speaks to."""

    chat: OpenAIChat
    embedding: OpenAIEmbeddings
    endpoints: dict[str, Endpoint]
    admission: Admission


@contextlib.asynccontextmanager
async def open_desk(settings: Settings, *, demo: DemoPage | None = None) -> AsyncIterator[Desk]:
    """Open the data, wire the rooms and run the background work until the context ends.

    Raises:
        Misconfigured: A model is not named, or the knowledge base belongs to another one.
        DatabaseInUse: Another process has the data open.
    """
    facts = FactBoard()
    live = LiveChats()
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            SqliteDatabase.open(settings.server.data_dir / _DATABASE, record_fact=facts.record)
        )
        models = await stack.enter_async_context(_models(settings))
        await require_fitting_model(database, models.embedding)
        retriever = Retriever(database, models.embedding, VectorIndex())
        await retriever.load()
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
        uploads = Uploads(settings.server.data_dir / "uploads", SystemClock())
        facts.subscribe(ChatDeleted, partial(_erase, live, uploads))
        await database.write(mark_interrupted_answers)
        turns = Turns(_assistant(settings, database, retriever, models), live)
        facts.subscribe(ReturnedToAssistant, partial(answer_returned, turns))
        await watch_absence(database, live)
        tokens = _tokens(settings, database)
        outbound = await stack.enter_async_context(open_outbound(settings, database, Guard(tokens), facts))
        learning = wire_learning(database, Guard(tokens), models.embedding, retriever, facts)
        app = await _application(
            settings, database, models, retriever, live, turns, tokens, outbound, learning, uploads, demo
        )
        embedding: dict[str, Handler] = {EMBED_DOCUMENT: partial(embed_document, database, models.embedding)}
        mood: dict[str, Handler] = {WATCH_MOOD: partial(look_at_mood, database, _copilot(database, models))}
        kinds = (embedding, learning.jobs, mood, *({kind: run} for kind, run in outbound.jobs.items()))
        jobs = [asyncio.create_task(run_jobs(database, handlers)) for handlers in kinds]
        jobs.append(asyncio.create_task(_watch_absent_agents(database)))
        try:
            yield Desk(app, database, live.end_streams)
        finally:
            await turns.close(patience=_LET_ANSWERS_END)
            live.close()
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)


def require_models(settings: Settings) -> None:
    """Raise `Misconfigured` unless both models are named."""
    addresses = {"LLM_BASE_URL": settings.chat.base_url, "EMBEDDING_BASE_URL": settings.embedding.base_url}
    missing = [name for name, value in addresses.items() if not value]
    if missing:
        raise Misconfigured(
            "\n".join(
                f"{name} is missing: say where the model is served, or run `aichatdesk demo`."
                for name in missing
            )
        )


@contextlib.asynccontextmanager
async def _models(settings: Settings) -> AsyncIterator[Models]:
    chat, embedding = settings.chat, settings.embedding
    for name, value in (("LLM_BASE_URL", chat.base_url), ("EMBEDDING_BASE_URL", embedding.base_url)):
        if not value:
            raise Misconfigured(
                f"{name} is missing: say where the model is served, or run `aichatdesk demo`."
            )
    ca_file = Path(chat.ca_file) if chat.ca_file else None
    if ca_file and not ca_file.is_file():
        raise Misconfigured(f"LLM_CA_FILE: {ca_file} does not exist.")
    async with make_http_client(ca_file=ca_file) as client:
        chat_endpoint = Endpoint(
            client, chat.base_url, provider_profile(chat.provider), api_key=chat.api_key.get_secret_value()
        )
        embedding_endpoint = Endpoint(
            client,
            embedding.base_url,
            provider_profile(embedding.provider),
            api_key=embedding.api_key.get_secret_value(),
        )
        profile = embedding_profile(embedding.model, dimensions=embedding.dimensions)
        serves = chat_endpoint.profile
        yield Models(
            OpenAIChat(chat_endpoint, chat.model),
            OpenAIEmbeddings(embedding_endpoint, profile),
            {"chat": chat_endpoint, "embedding": embedding_endpoint},
            Admission(concurrency=serves.concurrency, longest_queue=serves.longest_queue),
        )


def _copilot(database: SqliteDatabase, models: Models) -> Copilot:
    context = models.endpoints["chat"].profile.context_tokens
    return Copilot(database, models.chat, models.admission, context_tokens=context)


def _assistant(
    settings: Settings, database: SqliteDatabase, retriever: Retriever, models: Models
) -> Assistant:
    profile = models.endpoints["chat"].profile
    answer = min(settings.chat.max_tokens, round(profile.context_tokens * _LONGEST_ANSWER_SHARE))
    return Assistant(
        database,
        retriever,
        models.chat,
        models.admission,
        DeskCategoryPrompts(),
        budget=Budget(
            profile.context_tokens, min(answer, profile.longest_answer), profile.passage_token_budget
        ),
        threshold=settings.chat.confidence_threshold,
        embedding_model=settings.embedding.model,
        languages=profile.languages,
    )


def _tokens(settings: Settings, database: SqliteDatabase) -> Tokens:
    account = settings.account
    secret = account.jwt_secret.get_secret_value() or own_secret(settings.server.data_dir)
    return Tokens(database, secret, account.jwt_expires_in, Attendance(database))


async def _application(
    settings: Settings,
    database: SqliteDatabase,
    models: Models,
    retriever: Retriever,
    live: LiveChats,
    turns: Turns,
    tokens: Tokens,
    outbound: Outbound,
    learning: Learning,
    uploads: Uploads,
    demo: DemoPage | None,
) -> FastAPI:
    account, server = settings.account, settings.server
    passwords = Passwords()
    await ensure_first_admin(
        database, passwords, account.admin_email, account.admin_password.get_secret_value()
    )
    guard, agents, sandbox = Guard(tokens), DeskAgentCards(), Sandbox()
    limit, icons = SignInLimit(), ModelIcons(models.chat, models.admission)
    metrics, quotas = RequestMetrics(), VisitorQuotas(server.rate_limit_max_requests)
    app = DescribedApi(
        title="AIChatDesk",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(refuse_odd_json)],
    )
    install_error_handlers(app)
    for routes in (
        health_routes(database, {name: end.breaker for name, end in models.endpoints.items()}),
        chat_routes(database, guard, agents, quotas),
        message_routes(database, guard, quotas, outbound.transcripts),
        visitor_routes(
            database,
            outbound.transcripts,
            identity_secret=settings.widget.identity_secret.get_secret_value(),
        ),
        dashboard_routes(database, guard, agents),
        event_routes(database, guard, live),
        query_routes(database, turns, quotas),
        copilot_routes(database, guard, _copilot(database, models)),
        send_routes(database, live, turns, quotas),
        agent_routes(
            database,
            guard,
            tokens,
            passwords,
            limit,
            secure_cookie=server.public_url.startswith("https://"),
        ),
        team_routes(database, guard, icons),
        invite_routes(database, guard, passwords, limit),
        managed_agent_routes(database, guard, passwords),
        canned_response_routes(database, guard),
        search_everything_routes(database, guard),
        settings_routes(database, guard),
        analytics_routes(database, guard),
        upload_routes(uploads),
        category_routes(database, guard, icons),
        knowledge_routes(database, guard, models.embedding, sandbox, max_file_size=server.max_file_size),
        search_routes(guard, retriever),
        socket_routes(
            database,
            guard,
            live,
            agents,
            allowed_origins=server.cors_origins,
            most_per_address=max(_FEWEST_SOCKETS, server.rate_limit_max_requests // 10),
        ),
        *learning.routes,
        *outbound.routes,
        api_docs_routes(app, guard, metrics),
        web_routes(_WEB, demo=demo),
        old_page_routes(server.test_pages_path),
    ):
        app.include_router(routes)
    _add_middleware(app, settings, metrics)
    return app


def _add_middleware(app: FastAPI, settings: Settings, metrics: RequestMetrics) -> None:
    """The last one added is the first to see a request."""
    server = settings.server
    app.add_middleware(OldRequests)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(BodyLimit, larger=_larger_bodies(server.max_file_size))
    app.add_middleware(
        RateLimit,
        limit=server.rate_limit_max_requests,
        window_ms=server.rate_limit_window_ms,
    )
    app.add_middleware(Cors, origins=server.cors_origins)
    app.add_middleware(ClientAddress, trusted_proxies=server.trusted_proxies)


def _larger_bodies(max_file_size: int) -> dict[str, int]:
    return {"/api/knowledge/": max_file_size, "/api/upload": MOST_FILES * LARGEST_FILE}


async def _watch_absent_agents(database: SqliteDatabase) -> None:
    while True:
        await asyncio.sleep(_LOOK_FOR_ABSENT_AGENTS_EVERY)
        with contextlib.suppress(DeskError):  # a full disk, say; the next look may succeed
            await database.write(pass_on_from_absent)


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
