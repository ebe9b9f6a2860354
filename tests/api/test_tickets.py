"""Tickets: which chats become issues, once, and what stays inside."""

from pathlib import Path

from aichatdesk.outbound.outbox import counts
from peers.fake_model_server import FakeModelServer
from peers.github_peer import REPOSITORY, TOKEN, GitHubPeer
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk


async def nothing_waits(desk: RunningDesk) -> None:
    async def done() -> bool:
        return (await desk.desk.database.read(counts))["waiting"] == 0

    await until(done)


async def test_only_a_chat_that_is_a_ticket_becomes_an_issue_and_the_issue_tells_nobodys_name(
    tmp_path: Path, models: FakeModelServer
):
    async with GitHubPeer() as github:
        settings = {"GITHUB_REPO": REPOSITORY, "GITHUB_TOKEN": TOKEN, "GITHUB_BASE_URL": github.base_url}
        async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
            body = {
                "userName": "Ann Example",
                "userEmail": "ann@example.org",
                "currentPage": "/account/7",
                "ticketType": "bug",
                "userPriority": "high",
                "subject": "It hums @octocat\n```\n# loud <!-- x",
            }
            chat = (await desk.client.post("/api/chat", json=body)).json()
            await desk.client.post("/api/chat", json=body | {"ticketType": "chat"})
            await nothing_waits(desk)
            [issue] = github.issues
            agent = await desk.sign_in()
            [item] = (await desk.client.get("/api/v1/outbox", headers=agent)).json()["items"]
        for secret in ("Ann", "example.org", "/account", chat["chatId"], chat["sessionId"], "127.0.0.1"):
            assert secret not in str(issue)
        assert "````text\nIt hums @octocat\n```\n# loud <!-- x\n````" in issue["body"]
        assert issue["title"].startswith("[Bug] It hums @\u200boctocat")
        assert (item["kind"], item["reference"]) == ("ticket", issue["html_url"])
        assert item["chatId"] == chat["chatId"]  # so people at the desk find the chat of an issue
