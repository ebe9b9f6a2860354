"""What visitors asked in vain: what is kept of it, how it is grouped, and that people alone close it."""

import asyncio
from typing import Any

import pytest

from aichatdesk.conversation.domain import AnswerJudged
from aichatdesk.core.ids import ChatId, MessageId
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk

GAPS = "/api/v1/knowledge/gaps"
PARKING = "Can I park my car at your store, please?"
Who = dict[str, str]


async def call(desk: RunningDesk, method: str, path: str, who: Who, status: int = 200, **body: Any) -> Any:
    more = {"json": body} if method == "POST" else {}
    reply = await desk.client.request(method, path, headers=who, **more)
    assert reply.status_code == status, reply.text
    return reply.json()


async def asked(desk: RunningDesk, *questions: str) -> dict[str, str]:
    chat = await desk.start_chat()
    for question in questions:
        assert (await desk.send(chat, question)).status_code == 200
    return chat


async def grouped(desk: RunningDesk, who: Who) -> list[dict[str, Any]]:
    """The gaps, once nothing waits for its vector."""
    async with asyncio.timeout(60):
        while (told := await call(desk, "GET", GAPS, who))["ungrouped"]:
            await asyncio.sleep(0.05)
    return told["gaps"]


async def judge(desk: RunningDesk, chat: dict[str, str], message_id: str, helpful: bool | None) -> None:
    news = AnswerJudged(ChatId(chat["chatId"]), MessageId(message_id), helpful)
    await desk.desk.database.write(lambda tx: tx.record(news))


async def answer_of(desk: RunningDesk, chat: dict[str, str]) -> str:
    return [event["messageId"] for event in await desk.events(chat) if event["type"] == "finished"][-1]


async def test_what_is_asked_in_vain_is_grouped_most_asked_first_and_without_what_is_personal(
    desk: RunningDesk,
):
    admin = await desk.sign_in()
    await asked(desk, "Do you sell umbrellas? Write to ann@example.org")
    chat = await asked(desk, PARKING, "Hello", "I want to talk to a person")
    await asked(desk, "please, can I park my car at your store")
    parking, umbrellas = await grouped(desk, admin)
    assert (parking["count"], parking["reasons"]) == (2, ["no_answer"])
    assert {one["text"] for one in parking["examples"]} == {
        PARKING,
        "please, can I park my car at your store",
    }
    assert chat["sessionId"] in {one["sessionId"] for one in parking["examples"]}
    assert umbrellas["question"] == "Do you sell umbrellas? Write to [e-mail]"


async def test_one_chat_that_asks_again_and_again_counts_once_and_cannot_fill_the_list(desk: RunningDesk):
    admin = await desk.sign_in()
    await asked(desk, PARKING, PARKING.upper(), PARKING)
    [one] = await grouped(desk, admin)
    assert one["count"] == 1
    await asked(desk, *(f"zork{n} blip{n} quux{n} wibble{n}" for n in range(25)))
    assert sum(gap["count"] for gap in await grouped(desk, admin)) == 21


async def test_what_the_documents_tell_leaves_no_gap_and_an_unsure_answer_does(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    await desk.teach("returns.md", "# Returns\n\nYou can return an item within 30 days of delivery.")
    models.say("You can return an item within 30 days of delivery.")
    question = "Within how many days of delivery can you return an item?"
    chat = await asked(desk, question)
    assert await grouped(desk, admin) == []
    answer = await answer_of(desk, chat)
    await judge(desk, chat, answer, False)
    [one] = await grouped(desk, admin)
    assert (one["question"], one["reasons"]) == (question, ["not_helpful"])
    await judge(desk, chat, answer, None)
    assert await grouped(desk, admin) == []


async def test_two_reasons_for_one_question_count_it_once(desk: RunningDesk):
    admin = await desk.sign_in()
    chat = await asked(desk, PARKING)
    await judge(desk, chat, await answer_of(desk, chat), False)
    [one] = await grouped(desk, admin)
    assert (one["count"], one["reasons"]) == (1, ["no_answer", "not_helpful"])
    await judge(desk, chat, await answer_of(desk, chat), True)
    [one] = await grouped(desk, admin)
    assert one["reasons"] == ["no_answer"]


async def test_an_answered_gap_is_closed_with_what_was_learned_and_opens_anew_only_if_asked_again(
    desk: RunningDesk,
):
    admin = await desk.sign_in()
    chat = await asked(desk, PARKING)
    [one] = await grouped(desk, admin)
    done = await call(desk, "POST", f"{GAPS}/{one['id']}/answer", admin, answer="Yes, behind the store.")
    assert (done["learned"]["state"], await grouped(desk, admin)) == ("embedded", [])
    shown = await call(desk, "GET", f"/api/knowledge/{done['learned']['id']}", admin)
    assert shown["content"] == f"Q: {PARKING}\nA: Yes, behind the store."
    for way, body in (("dismiss", {}), ("answer", {"answer": "Yes."})):
        assert (await call(desk, "POST", f"{GAPS}/{one['id']}/{way}", admin, 409, **body))[
            "state"
        ] == "answered"
    await judge(desk, chat, await answer_of(desk, chat), False)
    [another] = await grouped(desk, admin)
    assert (another["reasons"], another["id"] != one["id"]) == (["not_helpful"], True)


async def test_a_dismissed_gap_comes_back_only_when_three_more_chats_ask(desk: RunningDesk):
    admin = await desk.sign_in()
    await asked(desk, PARKING)
    [one] = await grouped(desk, admin)
    await call(desk, "POST", f"{GAPS}/{one['id']}/dismiss", admin)
    for _ in range(2):
        await asked(desk, PARKING)
        assert await grouped(desk, admin) == []
    await asked(desk, PARKING)
    [again] = await grouped(desk, admin)
    assert (again["id"], again["count"]) == (one["id"], 4)


async def test_of_two_who_answer_at_once_one_teaches(desk: RunningDesk):
    admin = await desk.sign_in()
    await asked(desk, PARKING)
    [one] = await grouped(desk, admin)
    replies = await asyncio.gather(
        *(
            desk.client.post(
                f"{GAPS}/{one['id']}/answer", headers=admin, json={"answer": f"Yes, number {n}."}
            )
            for n in range(3)
        )
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
    assert len(await call(desk, "GET", "/api/knowledge", admin)) == 1


@pytest.mark.parametrize(
    "body", [{}, {"answer": " "}, {"answer": 7}, {"answer": "x" * 20_001}, {"answer": "Yes.", "question": []}]
)
async def test_an_answer_that_is_none_closes_nothing(desk: RunningDesk, body: dict[str, Any]):
    admin = await desk.sign_in()
    await asked(desk, PARKING)
    [one] = await grouped(desk, admin)
    assert "detail" in await call(desk, "POST", f"{GAPS}/{one['id']}/answer", admin, 400, **body)
    assert await grouped(desk, admin) == [one]
    assert await call(desk, "GET", "/api/knowledge", admin) == []


async def test_a_deleted_chat_takes_its_questions_along(desk: RunningDesk):
    admin = await desk.sign_in()
    chat, other = await asked(desk, PARKING), await asked(desk, "can I park my car at your store?")
    await grouped(desk, admin)
    for gone, left in ((chat, 1), (other, 0)):
        assert (await desk.client.delete(f"/api/chat/{gone['sessionId']}", headers=admin)).status_code == 200
        assert sum(gap["count"] for gap in await grouped(desk, admin)) == left


async def test_while_the_embedding_model_is_down_no_question_is_lost(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    models.embeddings_down = True
    await asked(desk, PARKING)
    told = await call(desk, "GET", GAPS, admin)
    assert (told["gaps"], told["ungrouped"]) == ([], 1)
