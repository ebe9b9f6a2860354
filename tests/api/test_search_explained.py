"""The search bench says what the assistant would do, and that is what it does."""

from typing import Any

import pytest

from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk

RETURNS = "# Returns\n\nYou can return an item within 30 days of delivery."
SHIPPING = "# Shipping\n\nShipping costs 4.90 EUR within Germany."
ASKED = "Within how many days of delivery can you return an item?"


async def explained(desk: RunningDesk, question: str, **more: Any) -> dict[str, Any]:
    reply = await desk.client.get(
        "/api/v1/knowledge/search",
        params={"q": question, "explain": "true", **more},
        headers=await desk.sign_in(),
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.parametrize(
    ("question", "code", "answers"),
    [
        (ASKED, "relevant", True),
        ("Do you sell umbrellas?", "nothing_relevant", False),
        ("Good morning!", "small_talk", True),
        ("I want to talk to a person", "wants_person", False),
    ],
)
async def test_the_decision_is_the_one_that_a_turn_makes(
    desk: RunningDesk, models: FakeModelServer, question: str, code: str, answers: bool
):
    await desk.teach("returns.md", RETURNS)
    await desk.teach("shipping.md", SHIPPING)
    decision = (await explained(desk, question, limit=1))["decision"]
    assert (decision["code"], decision["answers"]) == (code, answers)
    assert decision["reason"]
    if code in {"relevant", "nothing_relevant"}:
        assert (decision["relevance"] >= decision["threshold"]) is answers
    models.say("You can return an item within 30 days of delivery.")
    await desk.send(await desk.start_chat(), question)
    assert len(models.requests) == (code == "relevant")


async def test_a_passage_says_by_which_way_it_was_found_and_by_which_words(
    desk: RunningDesk, models: FakeModelServer
):
    await desk.teach("returns.md", RETURNS)
    await desk.teach("shipping.md", SHIPPING)
    first, second = (await explained(desk, "Items returned, how many DAYS?"))["passages"]
    assert (first["document"], first["why"]["vectorRank"], first["why"]["lexicalRank"]) == (
        "returns.md",
        1,
        1,
    )
    assert first["why"]["words"] == ["Items", "returned", "DAYS"]
    assert first["why"]["forms"] == ["days", "item", "return"]
    assert (second["why"]["lexicalRank"], second["why"]["words"]) == (None, [])
    models.embeddings_down = True
    [only] = (await explained(desk, "Items returned, how many days?"))["passages"]
    assert (only["why"]["vectorRank"], only["why"]["lexicalRank"]) == (None, 1)


async def test_without_explain_the_reply_is_as_it_was(desk: RunningDesk):
    await desk.teach("returns.md", RETURNS)
    reply = await desk.client.get("/api/v1/knowledge/search?q=returns", headers=await desk.sign_in())
    assert set(reply.json()) == {"passages"}
    assert set(reply.json()["passages"][0]) == {
        "text", "document", "documentId", "filename", "section", "start", "end", "score", "cosine", "lexical", "language"
    }  # fmt: skip


async def test_only_people_at_the_desk_hear_what_a_confidence_rests_on(
    desk: RunningDesk, models: FakeModelServer
):
    await desk.teach("returns.md", RETURNS)
    models.say("You can return an item within 30 days of delivery. The moon is made of cheese.")
    chat = await desk.start_chat()
    await desk.send(chat, ASKED)
    path, agent = f"/api/v1/chats/{chat['sessionId']}", await desk.sign_in()
    staff = (await desk.client.get(f"{path}/events", headers=agent)).json()["events"]
    [why] = [event["why"] for event in staff if event["type"] == "finished"]
    assert (why["grounding"], why["dropped"], why["retrieval"] > 0.7) == (0.5, 1, True)
    assert (await desk.client.get(path, headers=agent)).json()["messages"][-1]["why"] == why
    headers = {"X-Visitor-Token": chat["visitorToken"]}
    assert "why" not in (await desk.client.get(path, headers=headers)).json()["messages"][-1]
    assert all("why" not in event for event in await desk.events(chat))
