"""The HTTP application: its routes, room by room, and what every request passes through."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, FastAPI

from aichatdesk.assistant.copilot_endpoints import copilot_routes
from aichatdesk.assistant.endpoints import query_routes, send_routes
from aichatdesk.assistant.pick_icon import ModelIcons
from aichatdesk.assistant.pre_check import TurnPreCheck
from aichatdesk.assistant.suggested_reply_endpoints import suggested_reply_routes
from aichatdesk.assistant.turns import Turns
from aichatdesk.conversation.analytics_endpoints import analytics_routes
from aichatdesk.conversation.analytics_report_endpoints import analytics_report_routes
from aichatdesk.conversation.dashboard_endpoints import chat_row_routes, dashboard_routes
from aichatdesk.conversation.earlier_endpoints import earlier_routes
from aichatdesk.conversation.endpoints import chat_routes, message_routes
from aichatdesk.conversation.event_endpoints import event_routes
from aichatdesk.conversation.feedback_endpoints import feedback_routes
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.looking_endpoints import looking_routes
from aichatdesk.conversation.ports import Transcripts
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.socket import socket_routes
from aichatdesk.conversation.start_endpoints import begin_routes
from aichatdesk.conversation.upload_endpoints import upload_routes
from aichatdesk.conversation.uploads import LARGEST_FILE, MOST_FILES, Uploads
from aichatdesk.conversation.visitor_endpoints import visitor_routes
from aichatdesk.conversation.waiting_endpoints import waiting_routes
from aichatdesk.core.errors import Unavailable
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.desk.canned_response_endpoints import canned_response_routes
from aichatdesk.desk.category_endpoints import category_routes
from aichatdesk.desk.endpoints import agent_routes, managed_agent_routes
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.ports import Services
from aichatdesk.desk.reception import DeskReception
from aichatdesk.desk.search_endpoints import search_everything_routes
from aichatdesk.desk.settings_endpoints import settings_routes
from aichatdesk.desk.setup_code import SetupCode
from aichatdesk.desk.setup_endpoints import setup_routes
from aichatdesk.desk.sign_in_limit import SignInLimit
from aichatdesk.desk.signed_in import SignedIn
from aichatdesk.desk.team_endpoints import invite_routes, team_routes
from aichatdesk.desk.tokens import Tokens
from aichatdesk.desk.widget_endpoints import CONFIG_PATH, widget_routes
from aichatdesk.entry.api_description import DescribedApi
from aichatdesk.entry.api_docs import api_docs_routes
from aichatdesk.entry.health import health_routes
from aichatdesk.entry.keep_loaders import LOADER_PATH, WEB, Loaders
from aichatdesk.entry.settings import Settings
from aichatdesk.entry.snippet_endpoints import snippet_routes
from aichatdesk.entry.web_pages import DemoPage, old_page_routes, web_routes
from aichatdesk.entry.wire_models import Models, make_copilot, make_reply_writer
from aichatdesk.knowledge.endpoints import knowledge_routes
from aichatdesk.knowledge.re_embed_endpoints import re_embed_routes
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.search_endpoints import search_routes
from aichatdesk.platform.audit.endpoints import audit_routes
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.address import ClientAddress
from aichatdesk.platform.http.body_limit import BodyLimit
from aichatdesk.platform.http.cors import Cors
from aichatdesk.platform.http.errors import install_error_handlers
from aichatdesk.platform.http.json_text import refuse_odd_json
from aichatdesk.platform.http.metrics import Measured, RequestMetrics
from aichatdesk.platform.http.old_requests import OldRequests
from aichatdesk.platform.http.rate_limit import RateLimit
from aichatdesk.platform.sandbox.run_limited import Sandbox
from aichatdesk.platform.storage.database import Database

_FEWEST_SOCKETS = 20
# What pages of any origin may read: they hold it already, or show it to everybody.
_FOR_ANY_PAGE = (LOADER_PATH, CONFIG_PATH)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are made of; `more_routes` are those of rooms that wire themselves."""

    settings: Settings
    database: Database
    models: Models
    retriever: Retriever
    live: LiveChats
    turns: Turns
    tokens: Tokens
    passwords: Passwords
    setup_code: SetupCode
    transcripts: Transcripts
    services: Services
    uploads: Uploads
    more_routes: Sequence[APIRouter]


def make_application(parts: Parts, demo: DemoPage | None) -> FastAPI:
    """The application with every route and what every request passes through."""
    app = DescribedApi(
        title="AIChatDesk",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(refuse_odd_json)],
    )
    install_error_handlers(app)
    metrics = RequestMetrics()
    loaders = Loaders(WEB, parts.settings.server.data_dir)
    with contextlib.suppress(Unavailable):  # the front end is not built
        loaders.current()
    guard = Guard(parts.tokens)
    for routes in (
        *_visitor_side(parts, guard),
        *_desk_side(parts, guard),
        *parts.more_routes,
        api_docs_routes(app, guard, metrics),
        snippet_routes(guard, loaders, parts.settings.server.public_url),
        web_routes(WEB, loaders, demo=demo),
        old_page_routes(parts.settings.server.test_pages_path),
    ):
        app.include_router(routes)
    _add_middleware(app, parts.settings, metrics)
    return app


def _visitor_side(parts: Parts, guard: Guard) -> Iterator[APIRouter]:
    """Chats: what visitors and the people who answer them call."""
    settings, database, live = parts.settings, parts.database, parts.live
    server, agents, reception = settings.server, DeskAgentCards(), DeskReception()
    quotas = VisitorQuotas(server.rate_limit_max_requests)
    secret = settings.widget.identity_secret.get_secret_value()
    yield health_routes(database, {name: end.breaker for name, end in parts.models.endpoints.items()})
    yield chat_routes(database, guard, agents, quotas)
    yield message_routes(database, guard, quotas, parts.transcripts)
    yield visitor_routes(database, parts.transcripts, identity_secret=secret)
    yield begin_routes(database, reception, quotas)
    yield event_routes(database, guard, live)
    yield feedback_routes(database, quotas)
    yield waiting_routes(database, guard, live, reception, quotas)
    yield earlier_routes(database, guard)
    yield looking_routes(guard, live)
    yield widget_routes(database, parts.services)
    yield query_routes(database, parts.turns, quotas)
    yield send_routes(database, live, parts.turns, quotas)
    yield upload_routes(parts.uploads)
    yield socket_routes(
        database,
        guard,
        live,
        agents,
        allowed_origins=server.cors_origins,
        most_per_address=max(_FEWEST_SOCKETS, server.rate_limit_max_requests // 10),
    )


def _desk_side(parts: Parts, guard: Guard) -> Iterator[APIRouter]:
    """What only people at the desk call; routes with fixed names come before those with an id in their place."""
    database, models, server = parts.database, parts.models, parts.settings.server
    passwords, limit = parts.passwords, SignInLimit()
    icons = ModelIcons(models.chat, models.admission)
    signed_in = SignedIn(parts.tokens, secure_cookie=server.public_url.startswith("https://"))
    yield dashboard_routes(database, guard, DeskAgentCards())
    yield chat_row_routes(database, guard, DeskAgentCards())
    yield copilot_routes(database, guard, make_copilot(database, models))
    yield setup_routes(database, passwords, parts.setup_code, signed_in)
    yield agent_routes(database, guard, signed_in, passwords, limit)
    yield team_routes(database, guard, icons)
    yield invite_routes(database, guard, passwords, limit)
    yield managed_agent_routes(database, guard, passwords)
    yield canned_response_routes(database, guard)
    yield search_everything_routes(database, guard)
    yield settings_routes(database, guard)
    yield audit_routes(database, guard)
    yield analytics_routes(database, guard)
    yield analytics_report_routes(database, guard, threshold=parts.settings.chat.confidence_threshold)
    yield category_routes(database, guard, icons)
    yield knowledge_routes(database, guard, models.embedding, Sandbox(), max_file_size=server.max_file_size)
    yield search_routes(guard, parts.retriever, TurnPreCheck(parts.settings.embedding.model))
    yield re_embed_routes(database, guard)
    yield suggested_reply_routes(database, guard, make_reply_writer(parts.settings, parts.retriever, models))


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
    app.add_middleware(Cors, origins=server.cors_origins, open_paths=_FOR_ANY_PAGE)
    app.add_middleware(
        ClientAddress, trusted_proxies=server.trusted_proxies, country_header=server.country_header
    )


def _larger_bodies(max_file_size: int) -> dict[str, int]:
    return {"/api/knowledge/": max_file_size, "/api/upload": MOST_FILES * LARGEST_FILE}
