"""The knowledge base over HTTP, with real storage, a real sandbox and a real (tiny) embedding model."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.routing import Route

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Unauthenticated
from aichatdesk.core.ids import AgentId
from aichatdesk.inference.errors import ModelUnavailable
from aichatdesk.knowledge.endpoints import knowledge_routes
from aichatdesk.platform.http.actor import COOKIE, Guard
from aichatdesk.platform.http.body_limit import BodyLimit
from aichatdesk.platform.http.errors import install_error_handlers
from aichatdesk.platform.http.safe_fetch import fetch_page
from aichatdesk.platform.sandbox.run_limited import Sandbox
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder
from peers.loopback_server import LoopbackServer
from peers.made_files import encrypted_pdf, pdf, sheet_file, word_file

MAX_FILE_SIZE = 200_000
AGENT = Actor(AgentId("a" * 24), "Ada", "ada@desk.test", Role.AGENT)
NOBODY = "f" * 24
MANUAL = b"# Delivery\n\nDelivery takes three days.\n\n# Returns\n\nReturns within 30 days."


class OneAgent:
    """Knows the token `good` and no other."""

    async def authenticate(self, token: str) -> Actor:
        if token != "good":
            raise Unauthenticated("Invalid token")
        return AGENT


@pytest.fixture
def model() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def app(database: SqliteDatabase, model: HashingEmbedder) -> FastAPI:
    made = FastAPI()
    install_error_handlers(made)
    made.include_router(
        knowledge_routes(database, Guard(OneAgent()), model, Sandbox(), max_file_size=MAX_FILE_SIZE)
    )
    return made


def client_of(app: FastAPI, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers)


@pytest.fixture
async def agent(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app, Authorization="Bearer good") as client:
        yield client


async def upload(
    client: httpx2.AsyncClient, name: str = "manual.md", data: bytes = MANUAL, declared: str = "text/markdown"
) -> httpx2.Response:
    return await client.post("/api/knowledge/upload", files={"file": (name, data, declared)})


async def uploaded(client: httpx2.AsyncClient) -> str:
    reply = await upload(client)
    assert reply.status_code == 201
    return str(reply.json()["id"])


def error_of(reply: httpx2.Response) -> dict[str, Any]:
    body = reply.json()
    assert isinstance(body["error"], str)
    assert "Traceback" not in reply.text
    return dict(body)


ROUTES = [
    ("POST", "/api/knowledge/upload"),
    ("POST", "/api/knowledge/import-url"),
    ("GET", "/api/knowledge"),
    ("GET", f"/api/knowledge/{NOBODY}"),
    ("PUT", f"/api/knowledge/{NOBODY}"),
    ("DELETE", f"/api/knowledge/{NOBODY}"),
    ("POST", f"/api/knowledge/{NOBODY}/push"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer bad"}, {"Cookie": f"{COOKIE}=bad"}])
async def test_nothing_of_the_knowledge_base_is_open_to_strangers(
    app: FastAPI, method: str, path: str, headers: dict[str, str]
):
    headers = {**headers, "Origin": "http://desk.test"}
    async with client_of(app, **headers) as stranger:
        reply = await stranger.request(method, path, json={"content": "x", "url": "http://shop.test"})
    assert reply.status_code == 401
    error_of(reply)


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "GET"])
@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.test"}])
async def test_a_cookie_from_another_site_changes_nothing(
    app: FastAPI, method: str, path: str, origin: dict[str, str]
):
    async with client_of(app, Cookie=f"{COOKIE}=good", **origin) as other_site:
        assert (await other_site.request(method, path, json={"content": "x"})).status_code == 403


async def test_an_upload_answers_in_the_old_shape_and_tells_the_state(agent: httpx2.AsyncClient):
    reply = await upload(agent)
    body = reply.json()
    assert reply.status_code == 201
    assert len(body["id"]) == 24
    assert body["filename"] == "manual.md"
    assert body["fileSize"] == len(MANUAL)
    assert body["chunkCount"] == body["embeddingCount"] == body["chunks"] == body["embeddings"] == 2
    assert body["state"] == "embedded"
    assert body["uploadedAt"].endswith("Z")
    assert {"fileType", "message"} <= set(body)


@pytest.mark.parametrize(
    ("name", "data", "declared"),
    [
        ("a.md", MANUAL, "application/octet-stream"),
        ("a.txt", b"Some plain text.", "text/plain"),
        ("a.csv", b"name,price\nSeal,7\n", "application/vnd.ms-excel"),
        ("a.json", b'{"a": "text"}', "application/json"),
        ("a.htm", b"<p>Some text.</p>", "text/html"),
        ("a.pdf", pdf([["Some text."]]), "application/pdf"),
        ("a.docx", word_file([("Normal", "Some text.")]), "application/octet-stream"),
        ("a.xlsx", sheet_file({"S": [["a"], ["b"]]}), "application/octet-stream"),
    ],
)
async def test_every_supported_kind_is_taken_whatever_type_the_browser_declares(
    agent: httpx2.AsyncClient, name: str, data: bytes, declared: str
):
    reply = await upload(agent, name, data, declared)
    assert (reply.status_code, reply.json()["state"]) == (201, "embedded")


@pytest.mark.parametrize(
    ("name", "data", "declared", "reason"),
    [
        ("a.exe", b"MZ\x90\x00", "text/plain", "unsupported"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "application/msword", "unsupported"),
        ("a.txt", b"", "text/plain", "empty"),
        ("a.pdf", b"no pdf", "application/pdf", "wrong_extension"),
        ("a.pdf", encrypted_pdf(), "application/pdf", "encrypted_pdf"),
    ],
)
async def test_a_file_that_is_not_read_is_a_400_with_a_reason_and_leaves_nothing(
    agent: httpx2.AsyncClient, name: str, data: bytes, declared: str, reason: str
):
    reply = await upload(agent, name, data, declared)
    assert reply.status_code == 400
    assert error_of(reply)["reason"] == reason
    assert (await agent.get("/api/knowledge")).json() == []


@pytest.mark.parametrize(
    "form",
    [
        {"files": {"wrong": ("a.md", MANUAL, "text/markdown")}},
        {"data": {"file": "not a file"}},
        {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data"}},
        {"json": {"file": "x"}},
        {},
    ],
)
async def test_a_form_without_a_file_is_a_400(agent: httpx2.AsyncClient, form: dict[str, Any]):
    reply = await agent.post("/api/knowledge/upload", **form)
    assert reply.status_code == 400
    error_of(reply)


async def test_a_file_over_the_limit_is_a_413(agent: httpx2.AsyncClient):
    reply = await upload(agent, data=b"word " * (MAX_FILE_SIZE // 5 + 1))
    assert reply.status_code == 413
    error_of(reply)


async def test_a_file_of_exactly_the_limit_is_taken(agent: httpx2.AsyncClient):
    assert (await upload(agent, data=(b"word " * MAX_FILE_SIZE)[:MAX_FILE_SIZE])).status_code == 201


@pytest.mark.parametrize("claimed", [b"100", None], ids=["a lying length", "no length at all"])
async def test_an_upload_over_the_limit_is_not_received_to_its_end(app: FastAPI, claimed: bytes | None):
    limited = BodyLimit(app, larger={"/api/knowledge/upload": MAX_FILE_SIZE}, most_thrown_away=MAX_FILE_SIZE)
    sent = 0
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

    async def receive() -> dict[str, Any]:
        nonlocal sent
        chunk = head if not sent else b"y" * 65_536
        sent += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": sent < 60 * MAX_FILE_SIZE}

    status = 0

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/knowledge/upload",
        "raw_path": b"/api/knowledge/upload",
        "query_string": b"",
        "headers": [
            (b"authorization", b"Bearer good"),
            (b"content-type", b"multipart/form-data; boundary=x"),
            *([(b"content-length", claimed)] if claimed else []),
        ],
        "client": ("192.0.2.1", 1),
        "server": ("desk.test", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    await limited(scope, receive, send)
    assert status == 413
    assert sent < 3 * MAX_FILE_SIZE


async def test_an_upload_while_the_model_is_down_is_kept_and_not_called_processed(
    agent: httpx2.AsyncClient, model: HashingEmbedder
):
    model.fault = ModelUnavailable("stub", "connection refused")
    body = (await upload(agent)).json()
    assert (body["state"], body["chunkCount"], body["embeddingCount"]) == ("failed", 0, 0)
    assert "processed" not in body["message"]
    (listed,) = (await agent.get("/api/knowledge")).json()
    assert listed["state"] == "failed"
    assert listed["stateReason"]


async def test_the_list_is_a_bare_array_newest_first_with_both_spellings(agent: httpx2.AsyncClient):
    first, second = await uploaded(agent), await uploaded(agent)
    listed = (await agent.get("/api/knowledge")).json()
    assert [row["id"] for row in listed] == [second, first]
    assert all(row["_id"] == row["id"] for row in listed)
    assert all(row["chunkCount"] == row["chunks"] == row["embeddings"] == 2 for row in listed)
    assert {"filename", "originalName", "fileType", "fileSize", "uploadedAt"} <= set(listed[0])
    assert "content" not in listed[0]


async def test_one_document_is_shown_with_its_text_and_chunks(agent: httpx2.AsyncClient):
    body = (await agent.get(f"/api/knowledge/{await uploaded(agent)}")).json()
    assert body["content"] == MANUAL.decode()
    assert body["uploadedBy"] == AGENT.id
    assert [chunk["section"] for chunk in body["chunks"]] == ["Delivery", "Returns"]
    for chunk in body["chunks"]:
        assert body["content"][chunk["start"] : chunk["end"]] == chunk["text"]


@pytest.mark.parametrize(
    ("document_id", "status"),
    [(NOBODY, 404), ("x", 400), ("1' OR 1", 400), ("f" * 25, 400), ("%00" * 8, 400)],
)
@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/push")])
async def test_an_unknown_document_is_404_and_a_malformed_id_400(
    agent: httpx2.AsyncClient, document_id: str, status: int, method: str, tail: str
):
    reply = await agent.request(method, f"/api/knowledge/{document_id}{tail}", json={"content": "x"})
    assert reply.status_code == status
    error_of(reply)


async def test_an_edit_tells_the_counts_in_the_old_shape(agent: httpx2.AsyncClient):
    document_id = await uploaded(agent)
    reply = await agent.put(f"/api/knowledge/{document_id}", json={"content": "Only one thing."})
    assert reply.json() == {"success": True, "chunks": 1, "embeddings": 1}
    assert (await agent.get(f"/api/knowledge/{document_id}")).json()["content"] == "Only one thing."


async def test_an_edit_while_the_model_is_down_says_so_and_both_texts_are_kept(
    agent: httpx2.AsyncClient, model: HashingEmbedder
):
    document_id = await uploaded(agent)
    model.fault = ModelUnavailable("stub", "connection refused")
    reply = await agent.put(f"/api/knowledge/{document_id}", json={"content": "Only one thing."})
    assert reply.status_code == 503
    error_of(reply)
    shown = (await agent.get(f"/api/knowledge/{document_id}")).json()
    assert (shown["content"], shown["state"]) == ("Only one thing.", "failed")
    assert len(shown["chunks"]) == 2


@pytest.mark.parametrize(
    "body", [{}, {"content": ""}, {"content": " \n "}, {"content": None}, {"content": 5}, {"content": ["x"]}]
)
async def test_an_edit_without_text_is_a_400(agent: httpx2.AsyncClient, body: dict[str, Any]):
    document_id = await uploaded(agent)
    reply = await agent.put(f"/api/knowledge/{document_id}", json=body)
    assert reply.status_code == 400
    error_of(reply)
    assert (await agent.get(f"/api/knowledge/{document_id}")).json()["content"] == MANUAL.decode()


async def test_a_deleted_document_is_gone_from_everywhere(agent: httpx2.AsyncClient):
    document_id = await uploaded(agent)
    reply = await agent.delete(f"/api/knowledge/{document_id}")
    assert (reply.status_code, reply.json()) == (200, {"success": True})
    assert (await agent.get("/api/knowledge")).json() == []
    assert (await agent.get(f"/api/knowledge/{document_id}")).status_code == 404
    assert (await agent.delete(f"/api/knowledge/{document_id}")).status_code == 404


async def test_one_document_can_be_embedded_again(agent: httpx2.AsyncClient, model: HashingEmbedder):
    document_id = await uploaded(agent)
    model.embedded.clear()
    reply = await agent.post(f"/api/knowledge/{document_id}/push")
    assert reply.json() == {"success": True, "chunks": 2, "embeddings": 2}
    assert len(model.embedded) == 2


async def test_a_page_that_cannot_be_embedded_yet_is_kept_and_tells_why(
    agent: httpx2.AsyncClient, model: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
):
    text = "<title>Delivery</title><p>" + "Delivery takes three days within the country. " * 5
    pages = LoopbackServer([Route("/", lambda _: HTMLResponse(text))])
    model.fault = ModelUnavailable("stub", "connection refused")
    async with pages:
        port = int(pages.base_url.rpartition(":")[2])
        reach_it = partial(fetch_page, trusted_addresses=["127.0.0.1"], ports=[port])
        monkeypatch.setattr("aichatdesk.knowledge.endpoints.fetch_page", reach_it)
        told = (await agent.post("/api/knowledge/import-url", json={"url": pages.base_url})).json()
    (listed,) = (await agent.get("/api/knowledge")).json()
    assert (told["title"], told["state"], told["stateReason"]) == (
        "Delivery",
        "failed",
        listed["stateReason"],
    )


@pytest.mark.parametrize("body", [{}, {"url": ""}, {"url": "  "}, {"url": 5}, {"url": "x" * 5000}])
async def test_an_import_without_an_address_is_a_400(agent: httpx2.AsyncClient, body: dict[str, Any]):
    reply = await agent.post("/api/knowledge/import-url", json=body)
    assert reply.status_code == 400
    error_of(reply)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "127.0.0.1",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "http://[::1]/",
    ],
)
async def test_an_import_reaches_no_inner_address(agent: httpx2.AsyncClient, url: str):
    reply = await agent.post("/api/knowledge/import-url", json={"url": url})
    assert reply.status_code == 400
    assert error_of(reply)["reason"] in {"private_address", "bad_url"}
    assert (await agent.get("/api/knowledge")).json() == []
