"""How things stand with other services, without a secret of any of them."""

from pathlib import Path

from peers.fake_model_server import FakeModelServer
from peers.graph import OWNER, Fault, GraphPeer
from peers.loopback_server import Answer, until
from peers.running_desk import RunningDesk, running_desk
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer

SECRETS = {
    "LLM_API_KEY": "key-of-the-chat-model",
    "EMBEDDING_API_KEY": "key-of-the-embedding-model",
    "WIDGET_IDENTITY_SECRET": "w" * 40,
    "JWT_SECRET": "j" * 40,
    "MICROSOFT_APP_PASSWORD": "password-of-the-bot",
    "GITHUB_TOKEN": "token-of-github",
}


async def test_a_desk_alone_has_none(desk: RunningDesk, models: FakeModelServer):
    shown = (await desk.client.get("/api/v1/integrations", headers=await desk.sign_in())).json()
    host = models.base_url.removeprefix("http://").removesuffix("/v1")
    assert shown == {
        "mail": {"configured": False, "from": None, "waiting": 0, "failed": 0, "lastSentAt": None},
        "calendar": {"configured": False, "email": None, "problem": None},
        "tickets": {"configured": False, "repository": None},
        "teams": {"configured": False},
        "identity": {"configured": False},
        "models": {
            "chat": {"model": "fake", "host": host, "state": "ready"},
            "embedding": {"model": "hashing", "host": host, "state": "ready"},
        },
    }


async def test_what_is_there_is_told_without_a_secret(tmp_path: Path, models: FakeModelServer):
    async with SendGridPeer() as sendgrid, GraphPeer(tmp_path) as graph:
        settings = {
            **SECRETS,
            **graph.settings(),
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_FROM_EMAIL": SENDER,
            "SENDGRID_TO_EMAIL": "team@desk.example",
            "SENDGRID_BASE_URL": sendgrid.base_url,
            "GITHUB_REPO": "wheels/desk",
            "MICROSOFT_APP_ID": "a-bot",
            "LLM_BASE_URL": models.base_url.replace("http://", "http://somebody:hidden@"),
        }
        async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
            admin = await desk.sign_in()

            async def shown() -> dict[str, dict[str, object]]:
                reply = await desk.client.get("/api/v1/integrations", headers=admin)
                assert reply.status_code == 200, reply.text
                for secret in (KEY, "hidden", *SECRETS.values(), settings["MICROSOFT_GRAPH_CLIENT_SECRET"]):
                    assert str(secret) not in reply.text
                return reply.json()

            first = await shown()
            assert first["calendar"] == {"configured": True, "email": OWNER, "problem": None}
            assert first["tickets"] == {"configured": True, "repository": "wheels/desk"}
            assert (first["teams"], first["identity"]) == ({"configured": True}, {"configured": True})

            async def mail_when(**wanted: int) -> dict[str, object]:
                async def mail() -> dict[str, object] | None:
                    found = (await shown())["mail"]
                    return found if wanted.items() <= found.items() else None

                return await until(mail)

            await desk.start_chat()
            await until(lambda: sendgrid.mails)
            mail = await mail_when(waiting=0, failed=0)
            assert (mail["configured"], mail["from"]) == (True, SENDER)
            assert mail["lastSentAt"]
            sendgrid.answers.append(Answer(400))
            await desk.start_chat()
            await mail_when(waiting=0, failed=1)

            refused = {"error": {"code": "AccessDenied", "message": "not for you"}}
            graph.then(Fault(status=403, body=refused), on="getSchedule")
            assert (await desk.client.get("/api/calendar/slots")).status_code == 503
            assert "AccessDenied" in str((await shown())["calendar"]["problem"])
            assert (await desk.client.get("/api/calendar/slots")).status_code == 200
            assert (await shown())["calendar"]["problem"] is None


async def test_a_model_that_does_not_answer_is_failing(tmp_path: Path, models: FakeModelServer):
    async with running_desk(
        tmp_path / "data", models.base_url, EMBEDDING_BASE_URL="http://127.0.0.1:9/v1"
    ) as desk:
        admin = await desk.sign_in()
        for number in range(5):
            await desk.teach(f"{number}.md", "Invoices are paid within 30 days.")
        found = (await desk.client.get("/api/v1/integrations", headers=admin)).json()["models"]
        assert (found["chat"]["state"], found["embedding"]["state"]) == ("ready", "failing")
