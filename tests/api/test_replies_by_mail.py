"""An agent's answer to a visitor who has gone: mailed once, to an address that may be written to, and to no other."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from aichatdesk.outbound.mail_replies import MAIL_REPLIES
from aichatdesk.outbound.outbox import counts
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Transaction
from peers.fake_model_server import FakeModelServer
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer, part
from peers.signed_visitors import SECRET, signed

ANN = "ann@example.org"
LINK = re.compile(r"https://desk\.example(/api/v1/mail/confirm\?token=[\w-]+)")


@pytest.fixture
async def sendgrid() -> AsyncIterator[SendGridPeer]:
    async with SendGridPeer() as peer:
        yield peer


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer, sendgrid: SendGridPeer) -> AsyncIterator[RunningDesk]:
    settings = {
        "SENDGRID_API_KEY": KEY,
        "SENDGRID_FROM_EMAIL": SENDER,
        "SENDGRID_BASE_URL": sendgrid.base_url,
        "WIDGET_IDENTITY_SECRET": SECRET,
        "AICHATDESK_PUBLIC_URL": "https://desk.example",
    }
    async with running_desk(tmp_path / "data", models.base_url, **settings) as running:
        yield running


async def verified(desk: RunningDesk) -> dict[str, str]:
    chat = await desk.start_chat()
    path = f"/api/v1/chats/{chat['sessionId']}/identify"
    reply = await desk.client.post(path, json={"token": signed(email=ANN)}, headers=visitor(chat))
    assert reply.status_code == 200, reply.text
    return chat


async def reply(desk: RunningDesk, chat: dict[str, str], *texts: str) -> None:
    agent = await desk.sign_in()
    for text in texts:
        body = {"chatId": chat["chatId"], "content": text, "sender": "agent"}
        assert (await desk.client.post("/api/messages", json=body, headers=agent)).status_code == 201


async def time_passes(desk: RunningDesk) -> int:
    """The pause is over, and all that was to be sent is; how many chats were looked at."""

    def skip(tx: Transaction) -> int:
        mine = jobs.c.kind == MAIL_REPLIES
        return tx.connection.execute(update(jobs).where(mine).values(run_at=0)).rowcount

    def left(tx: Transaction) -> int:
        query = select(func.count()).select_from(jobs).where(jobs.c.kind == MAIL_REPLIES)
        return tx.connection.execute(query).scalar_one()

    async def settled() -> bool:
        database = desk.desk.database
        return not await database.read(left) and not (await database.read(counts))["waiting"]

    looked_at = await desk.desk.database.write(skip)
    await until(settled, seconds=30)
    return looked_at


async def test_replies_of_a_while_go_out_together_and_each_once(desk: RunningDesk, sendgrid: SendGridPeer):
    chat = await verified(desk)
    await reply(desk, chat, "Your parcel has <b>left</b>.", "It comes on Monday.")
    assert await time_passes(desk) == 1
    [mail] = sendgrid.to(ANN)
    text = part(mail)
    assert text.index("Your parcel") < text.index("It comes on Monday.")
    assert "<b>left</b>" not in part(mail, "text/html")
    await reply(desk, chat, "One more thing.")
    await time_passes(desk)
    second = part(sendgrid.to(ANN)[1])
    assert "One more thing." in second
    assert "Monday" not in second


async def test_whoever_is_there_or_came_back_or_wrote_since_gets_no_mail(
    desk: RunningDesk, sendgrid: SendGridPeer
):
    there, came_back, wrote = [await verified(desk) for _ in range(3)]
    with desk.desk.live.connected(there["sessionId"]):
        await reply(desk, there, "You see this.")
    await reply(desk, came_back, "You will see this.")
    with desk.desk.live.connected(came_back["sessionId"]):
        pass
    await reply(desk, wrote, "You have seen this.")
    await desk.client.post("/api/messages", json={"chatId": wrote["chatId"], "content": "Thank you"})
    assert await time_passes(desk) == 2
    assert sendgrid.to(ANN) == []


async def test_an_address_that_was_only_typed_is_asked_once_and_hears_nothing_of_the_chat_before_it_says_yes(
    desk: RunningDesk, sendgrid: SendGridPeer
):
    chat = await desk.start_chat()
    await reply(desk, chat, "The code is 4711.")
    await time_passes(desk)
    await reply(desk, chat, "The code is still 4711.")
    await time_passes(desk)
    [question] = sendgrid.to(ANN)
    assert "4711" not in str(question)
    assert "Ann" not in part(question)
    link = LINK.search(part(question))
    assert link
    assert (await desk.client.post(link[1])).status_code == 200
    await time_passes(desk)
    answer = part(sendgrid.to(ANN)[1])
    assert answer.count("4711") == 2
    await reply(desk, chat, "And now 4712.")
    await time_passes(desk)
    assert "4712" in part(sendgrid.to(ANN)[2])


async def test_a_deleted_chat_mails_nothing(desk: RunningDesk, sendgrid: SendGridPeer):
    chat = await verified(desk)
    await reply(desk, chat, "Gone soon.")
    await desk.client.delete(f"/api/chat/{chat['sessionId']}", headers=await desk.sign_in())
    assert await time_passes(desk) == 1
    assert sendgrid.to(ANN) == []


async def test_a_transcript_that_holds_the_reply_is_not_followed_by_the_same_in_another_mail(
    desk: RunningDesk, sendgrid: SendGridPeer
):
    chat = await verified(desk)
    await reply(desk, chat, "It comes on Monday.")
    await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", headers=await desk.sign_in())
    await time_passes(desk)
    assert [mail["subject"].split(" - ")[0] for mail in sendgrid.to(ANN)] == ["Your Chat Transcript"]
