"""A desk whose models are Anthropic's and OpenAI's, named as the older server named them."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aichatdesk.entry.settings import Settings, load_settings
from aichatdesk.entry.wire_models import open_kept_models
from aichatdesk.inference.chat import ChatTurn, Token
from peers.anthropic_peer import AnthropicPeer
from peers.cloud_peer import KEY, CloudPeer
from peers.fake_model_server import FakeModelServer
from peers.openai_peer import OpenAIPeer
from peers.running_desk import RunningDesk, running_desk

RETURNS = "# Returns\n\nYou can return a desk machine within 30 days of delivery. Postage is paid by you.\n"
QUESTION = "Within how many days can I return a desk machine after delivery?"
ANSWER = "You can return a desk machine within 30 days of delivery."
NOT_HERE: dict[str, object] = dict.fromkeys(
    ("LLM_BASE_URL", "LLM_MODEL", "EMBEDDING_BASE_URL", "EMBEDDING_MODEL")
)


@dataclass
class Clouds:
    anthropic: AnthropicPeer
    openai: OpenAIPeer

    @property
    def names(self) -> dict[str, object]:
        return {
            "CLAUDE_API_KEY": KEY,
            "CLAUDE_BASE_URL": self.anthropic.base_url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.openai.base_url + "/v1",
        }


@pytest.fixture
async def clouds() -> AsyncIterator[Clouds]:
    async with AnthropicPeer() as anthropic, OpenAIPeer() as openai:
        anthropic.say(ANSWER)
        yield Clouds(anthropic, openai)


@contextlib.asynccontextmanager
async def desk_on(clouds: Clouds, folder: Path) -> AsyncIterator[RunningDesk]:
    async with running_desk(folder / "data", "", **NOT_HERE, **clouds.names) as desk:
        await desk.teach("returns.md", RETURNS)
        yield desk


async def test_a_question_is_answered_from_a_document_with_its_source(clouds: Clouds, tmp_path: Path):
    async with desk_on(clouds, tmp_path) as desk:
        chat = await desk.start_chat()
        reply = (await desk.send(chat, QUESTION)).json()
        assert not reply["handedOver"]
        assert reply["answer"]["content"] == ANSWER
        sources = [event for event in await desk.events(chat) if event["type"] == "sources"]
        assert "returns.md" in json.dumps(sources)
        asked = clouds.anthropic.requests[-1]
        assert ("system" in asked, asked["max_tokens"], asked["temperature"]) == (True, 1024, 0.0)
        ready = (await desk.client.get("/readyz")).json()
        assert ready["models"] == {"chat": "ok", "embedding": "ok"}
        shown = await desk.client.get("/api/v1/integrations", headers=await desk.sign_in())
        assert shown.json()["models"]["chat"]["model"] == "claude-sonnet-4-5-20250929"
        assert KEY not in shown.text


@pytest.mark.parametrize("fault", ["chat gone", "overloaded", "key revoked", "breaks off"])
async def test_a_person_takes_over_when_the_cloud_does_not_answer(clouds: Clouds, tmp_path: Path, fault: str):
    async with desk_on(clouds, tmp_path) as desk:
        chat = await desk.start_chat()
        match fault:
            case "chat gone":
                await clouds.anthropic.stop()
            case "overloaded":
                clouds.anthropic.overloaded = 100
            case "key revoked":
                clouds.anthropic.key = "another"
            case "breaks off":
                clouds.anthropic.say(ANSWER, break_after=2)
        reply = await desk.send(chat, QUESTION)
        assert (reply.status_code, reply.json()["handedOver"]) == (200, True), reply.text
        assert KEY not in reply.text


async def test_without_any_cloud_a_person_is_offered_and_nothing_is_invented(clouds: Clouds, tmp_path: Path):
    async with desk_on(clouds, tmp_path) as desk:
        chat = await desk.start_chat()
        await clouds.anthropic.stop()
        await clouds.openai.stop()
        reply = (await desk.send(chat, QUESTION)).json()
        assert reply["handedOver"] or (reply["answer"]["needsHuman"], reply["answer"]["sources"]) == (
            True,
            [],
        )


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
async def test_people_at_the_desk_are_helped_too(clouds: Clouds, tmp_path: Path, provider: str):
    names: dict[str, object] = dict(clouds.names)
    peer: CloudPeer = clouds.anthropic
    if provider == "openai":
        names |= {"LLM_PROVIDER": "openai", "LLM_MODEL": "gpt-4.1-mini"}
        peer = clouds.openai
    async with running_desk(tmp_path / "data", "", **(NOT_HERE | names)) as desk:
        admin, chat = await desk.sign_in(), await desk.start_chat()
        await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=admin)
        await desk.send(chat, "My machine broke on the first day, I am angry!")
        body = {"chatId": chat["chatId"]}

        async def asked(route: str) -> dict[str, object]:
            reply = await desk.client.post(f"/api/ai/{route}", json=body, headers=admin)
            assert reply.status_code == 200, reply.text
            return reply.json()

        peer.say('{"sentiment": "negative", "priority": "high", "reasoning": "It broke."}')
        assert (await asked("analyze-sentiment"))["sentiment"] == "negative"
        peer.say("The visitor's machine broke.")
        assert (await asked("summarize"))["summary"] == "The visitor's machine broke."
        peer.say("I am sorry to hear that.\nVisitor: it is fine")
        path = f"/api/v1/chats/{chat['sessionId']}/suggested-reply"
        reply = await desk.client.post(path, headers=admin)
        assert reply.json()["suggestedReply"] == "I am sorry to hear that."


async def test_a_kept_cloud_is_never_called_by_the_desk_and_can_be_asked_for_a_comparison(
    clouds: Clouds, models: FakeModelServer, tmp_path: Path
):
    models.say(ANSWER)
    async with running_desk(tmp_path / "data", models.base_url, **clouds.names) as desk:
        await desk.teach("returns.md", RETURNS)
        assert (await desk.send(await desk.start_chat(), QUESTION)).json()["answer"]["content"] == ANSWER
        models.say("down", status=500)
        assert (await desk.send(await desk.start_chat(), QUESTION)).json()["handedOver"]
    assert clouds.anthropic.requests == clouds.openai.embedding_requests == []

    here = {"LLM_BASE_URL": models.base_url, "LLM_MODEL": "fake"}
    vectors = {"EMBEDDING_BASE_URL": models.base_url, "EMBEDDING_MODEL": "hashing"}
    settings: Settings = load_settings(
        {}, env_file=tmp_path / "none", overrides={**here, **vectors, **clouds.names}
    )
    async with open_kept_models(settings) as kept:
        assert kept.chat is not None
        assert kept.embedding is not None
        pieces = [piece async for piece in kept.chat.stream([ChatTurn("user", "?")], answer_tokens=50)]
        assert "".join(piece.text for piece in pieces if isinstance(piece, Token)) == ANSWER
        assert (await kept.embedding.embed_query("one")).shape == (1536,)
