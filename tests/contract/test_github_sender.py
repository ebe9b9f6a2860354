"""What the sender of tickets makes of GitHub's answers."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from aichatdesk.outbound.github import GitHub
from aichatdesk.outbound.outbox import Item, NotNow, Rejected
from aichatdesk.platform.http.client import make_http_client
from peers.github_peer import REPOSITORY, TOKEN, GitHubPeer
from peers.loopback_server import Answer

ITEM = Item(
    "656e0c5f9d1b2a0012345678",
    "ticket",
    "k",
    {"title": "[Bug] It hums", "body": "A visitor opened this.", "labels": ["bug", "priority:high"]},
    None,
    datetime.now(UTC),
)


@pytest.fixture
async def github() -> AsyncIterator[GitHubPeer]:
    async with GitHubPeer() as peer:
        yield peer


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with make_http_client() as opened:
        yield opened


def sender(client: httpx2.AsyncClient, base_url: str, **changed: object) -> GitHub:
    how = {"repository": REPOSITORY, "token": TOKEN} | changed
    return GitHub(client, base_url, how.pop("repository"), how.pop("token"), **how)


async def test_an_issue_is_opened_with_its_labels_and_the_mark_of_its_item(
    github: GitHubPeer, client: httpx2.AsyncClient
):
    address = await sender(client, github.base_url)(ITEM)
    [issue] = github.issues
    assert address == issue["html_url"]
    assert issue["title"] == "[Bug] It hums"
    assert [label["name"] for label in issue["labels"]] == ["bug", "priority:high"]
    assert issue["body"] == f"<!-- aichatdesk:{ITEM.id} -->\nA visitor opened this."
    assert github.listed == 0


async def test_an_attempt_whose_answer_was_lost_does_not_open_a_second_issue(
    github: GitHubPeer, client: httpx2.AsyncClient
):
    github.drop_next = 1
    with pytest.raises(NotNow, match="cannot be reached"):
        await sender(client, github.base_url)(ITEM)
    for number in range(130):  # more than one page, opened since
        await sender(client, github.base_url)(replace(ITEM, id=f"{number:024x}"))
    github.issues[0]["state"] = "closed"
    address = await sender(client, github.base_url)(replace(ITEM, attempts=2))
    assert address == github.issues[0]["html_url"]
    assert len(github.issues) == 131
    assert github.listed == 2


async def test_an_attempt_that_never_arrived_is_made_up_for(github: GitHubPeer, client: httpx2.AsyncClient):
    assert await sender(client, github.base_url)(replace(ITEM, attempts=2))
    assert len(github.issues) == 1


@pytest.mark.parametrize("attempts", [1, 2])
@pytest.mark.parametrize(
    ("answer", "pause", "words"),
    [
        (Answer(401), None, "GITHUB_TOKEN"),
        (Answer(403), None, "GITHUB_TOKEN"),
        (Answer(404), None, "GITHUB_REPO"),
        (Answer(301), None, "GITHUB_REPO"),
        (Answer(403, {"Retry-After": "60"}), 60, "wait"),
        (Answer(429, {"Retry-After": "60"}), 60, "wait"),
        (Answer(502), None, "fault"),
    ],
)
async def test_what_may_pass_is_tried_again_and_the_owner_is_told_what_to_mend(
    github: GitHubPeer,
    client: httpx2.AsyncClient,
    answer: Answer,
    pause: int | None,
    words: str,
    attempts: int,
):
    github.answers = [answer]
    with pytest.raises(NotNow) as caught:
        await sender(client, github.base_url)(replace(ITEM, attempts=attempts))
    assert caught.value.after == (timedelta(seconds=pause) if pause else None)
    assert words in caught.value.message
    assert github.issues == []


async def test_the_end_of_a_used_up_hour_is_waited_for(github: GitHubPeer, client: httpx2.AsyncClient):
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 600)}
    github.answers = [Answer(403, reset)]
    with pytest.raises(NotNow) as caught:
        await sender(client, github.base_url)(ITEM)
    assert caught.value.after
    assert timedelta(minutes=9) < caught.value.after <= timedelta(minutes=10)


async def test_an_issue_that_github_refuses_is_dead_and_the_token_is_not_told(
    github: GitHubPeer, client: httpx2.AsyncClient
):
    with pytest.raises(Rejected, match="Validation Failed"):
        await sender(client, github.base_url)(replace(ITEM, payload={**ITEM.payload, "title": " "}))
    github.answers = [Answer(410, body=f'{{"message": "Issues are disabled {TOKEN}"}}'.encode())]
    with pytest.raises(Rejected) as caught:
        await sender(client, github.base_url)(ITEM)
    assert "Issues are disabled" in caught.value.message
    assert TOKEN not in caught.value.message
