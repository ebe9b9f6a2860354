"""Parts of the Teams bot on their own: keys, tokens, addresses, and calls to a service that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import httpx2
import pytest
from joserfc.jwk import RSAKey

from aichatdesk.core.access import Role
from aichatdesk.core.errors import Forbidden
from aichatdesk.desk import repository
from aichatdesk.desk.find_agent import agent_by_address
from aichatdesk.outbound.outbox import NotNow
from aichatdesk.outbound.service_address import ServiceAddresses
from aichatdesk.outbound.teams_activity import heard_in, read_activity
from aichatdesk.outbound.teams_auth import BotToken
from aichatdesk.outbound.teams_keys import SigningKeys
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.teams import APP_ID, PASSWORD, TeamsPeer


class Hours:
    """A monotonic clock that the test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, **step: float) -> None:
        self.seconds += timedelta(**step).total_seconds()


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with make_http_client() as made:
        yield made


@pytest.fixture
async def teams() -> AsyncIterator[TeamsPeer]:
    async with TeamsPeer() as peer:
        yield peer


def keys_of(teams: TeamsPeer, client: httpx2.AsyncClient, clock: Hours) -> SigningKeys:
    return SigningKeys(client, teams.settings["TEAMS_OPENID_METADATA_URL"], clock)


async def test_the_list_of_keys_is_not_fetched_for_each_unknown_key(
    client: httpx2.AsyncClient, teams: TeamsPeer
):
    clock = Hours()
    keys = keys_of(teams, client, clock)
    found = await asyncio.gather(*(keys.find(f"unknown-{number}") for number in range(20)))
    assert (found, teams.key_list_requests) == ([None] * 20, 1)
    assert await keys.find("key-1") is not None
    clock.advance(seconds=59)
    assert (await keys.find("key-2"), teams.key_list_requests) == (None, 1)
    clock.advance(seconds=2)
    teams.keys.append(RSAKey.generate_key(2048, {"kid": "key-2", "use": "sig"}))
    assert await keys.find("key-2") is not None
    clock.advance(hours=23)
    await keys.find("key-1")
    assert teams.key_list_requests == 2
    clock.advance(hours=2)
    teams.keys.pop(0)
    assert (await keys.find("key-1"), teams.key_list_requests) == (None, 3), "a key must not outlive its list"


async def test_without_a_list_of_keys_nobody_is_believed_and_it_is_not_asked_for_all_the_time(
    client: httpx2.AsyncClient, teams: TeamsPeer
):
    clock = Hours()
    keys = keys_of(teams, client, clock)
    teams.keys_down = True
    for _ in range(5):
        with pytest.raises(NotNow):
            await keys.find("key-1")
    assert teams.key_list_requests == 1
    teams.keys_down = False
    clock.advance(seconds=6)
    assert await keys.find("key-1") is not None


async def test_a_list_of_keys_on_a_strange_plain_address_is_not_fetched(
    client: httpx2.AsyncClient, teams: TeamsPeer
):
    async with TeamsPeer() as trap:
        for place in (f"{trap.base_url}/v1/keys", "ftp://x", "http://[", "x", "https:///x"):
            teams.jwks_uri = place
            with pytest.raises(NotNow):
                await keys_of(teams, client, Hours()).find("key-1")
        assert trap.key_list_requests == 0


async def test_our_own_token_is_fetched_again_only_shortly_before_its_end(
    client: httpx2.AsyncClient, teams: TeamsPeer
):
    clock = Hours()
    token = BotToken(client, teams.settings["TEAMS_TOKEN_URL"], APP_ID, PASSWORD, clock)
    first = await asyncio.gather(*(token.get() for _ in range(5)))
    clock.advance(minutes=54)
    assert {await token.get(), *first} == {first[0]}
    clock.advance(minutes=2)
    assert await token.get() != first[0]
    token.drop(first[0])
    await token.get()
    assert len(teams.token_requests) == 2, "a token that was replaced already must not be dropped"


async def test_a_refusal_to_give_a_token_names_the_cause_and_not_the_password(
    client: httpx2.AsyncClient, teams: TeamsPeer
):
    token = BotToken(client, teams.settings["TEAMS_TOKEN_URL"], APP_ID, "a-wrong-password")
    with pytest.raises(NotNow) as refused:
        await token.get()
    assert "invalid_client" in refused.value.message
    assert "a-wrong-password" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea"),
        ("HTTPS://SMBA.trafficmanager.NET:443/emea", "https://smba.trafficmanager.net/emea"),
        ("https://smba.trafficmanager.net", "https://smba.trafficmanager.net"),
        ("http://127.0.0.1:81/teams/x", "http://127.0.0.1:81/teams/x"),
    ],
)
def test_one_address_has_one_spelling(url: str, same: str):
    assert ServiceAddresses("http://127.0.0.1:81/teams").checked(url) == same


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/", "http://127.0.0.1:82/teams", "http://127.0.0.1/teams", "https://a@b/",
        "https://a/?x", "https://a/#x", "https://a/../b", "https://a b/", "https://a\\b/", "https://a:x/",
        "https://\uff41/", "https:/a", "ftp://a/", "", None, 5, ["https://a"], "https://[::1", "https://a\n",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plainly_one_of_ours_is_refused(url: object):
    with pytest.raises(Forbidden):
        ServiceAddresses("http://127.0.0.1:81/teams").checked(url)


async def add_agent(database: SqliteDatabase, email: str, **more: object) -> str:
    def work(tx: Transaction) -> str:
        agent_id = repository.insert_agent(tx, email=email, name=email, password_hash="x", role=Role.AGENT)
        repository.change_agent(tx, agent_id, **(more or {"status": "offline"}))
        return agent_id

    return await database.write(work)


async def test_an_address_never_leads_to_the_wrong_agent(database: SqliteDatabase):
    kim = await add_agent(database, "kim@example.org", teams_email="kim@teams.example")
    lee = await add_agent(database, "lee@example.org", office365_email="lee@office.example")
    await add_agent(database, "gone@example.org", active=False)
    await add_agent(database, "max@example.org", teams_email="kim@example.org")
    await add_agent(database, "eve@example.org", teams_email="lee@office.example")

    async def found(address: str) -> str | None:
        agent = await database.read(partial(agent_by_address, address=address))
        return agent.id if agent else None

    assert await found("kim@teams.example") == kim
    assert await found(" KIM@example.org ") == kim, "an account's own address is nobody else's"
    assert await found("lee@example.org") == lee
    assert await found("lee@office.example") is None, "two accounts name it"
    assert [await found(address) for address in ("gone@example.org", "", "kim", "%", "x@y.z")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("<at>Support Bot</at> hello", "hello"),
        ("hello <at>Support Bot</at>&nbsp;there\r\n", "hello  there"),
        ("<at>Support Bot</at> ask <at>Lee</at> please", "ask Lee please"),
        ("a < b and <at>not a mention</at>", "a < b and <at>not a mention</at>"),
        ("<at>Support Bot</at>", ""),
    ],
)
def test_a_mention_of_the_bot_is_no_part_of_what_is_said(text: str, heard: str):
    activity = TeamsPeer().activity("19:x", "", "29:kim")
    activity["text"] = text
    activity["entities"].append({"type": "mention", "text": "<at>Lee</at>", "mentioned": {"id": "29:lee"}})
    found = heard_in(read_activity(activity))
    assert found is not None
    assert found.text == heard
