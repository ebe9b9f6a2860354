"""The desk is killed after Teams took something and before that was noted."""

from pathlib import Path

import httpx2

from peers.loopback_server import until
from peers.served_desk import ServedDesk
from peers.teams import TeamsPeer

MESSAGES = 4


async def test_a_kill_between_the_sending_and_its_note_loses_nothing_and_moves_nothing(tmp_path: Path):
    async with TeamsPeer() as teams:
        desk = ServedDesk(tmp_path / "data")
        desk.environment |= teams.settings
        killed = []

        async def kill_now_and_then() -> None:
            if len(teams.cards) + len(teams.posted) in {1, 4}:
                await desk.kill()
                killed.append(True)

        limits = httpx2.Limits(max_keepalive_connections=0)
        async with httpx2.AsyncClient(base_url=desk.url, timeout=60, limits=limits) as client:
            # Nothing goes out until all of it waits, so that the kills fall into the midst of the sending.
            teams.token_status = 503
            await desk.start(client)
            start = {"userName": "Ann", "userEmail": "ann@example.org"}
            chat = (await client.post("/api/chat", json=start)).json()
            for number in range(MESSAGES):
                body = {"chatId": chat["chatId"], "content": f"message {number}"}
                assert (await client.post("/api/messages", json=body)).status_code == 201
            teams.when_taken = kill_now_and_then
            teams.token_status = 200
            for number in (1, 2):
                await until(lambda wanted=number: len(killed) == wanted)
                await desk.start(client)
            # Each kill has one thing sent again, under the id that it had before.
            await until(lambda: len(teams.cards) + len(teams.posted) == 1 + MESSAGES + 2)
            await desk.kill()
    assert len({card["activity"]["channelData"]["clientActivityID"] for card in teams.cards}) == 1
    told = {posted.key: posted.text for posted in teams.posted}
    assert list(told.values()) == [f"Ann: message {number}" for number in range(MESSAGES)]
    assert len({posted.conversation for posted in teams.posted}) == 1
