"""The chats that a new demo begins with: held through the desk's own routes, answered by its own models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from aichatdesk.core.errors import Unavailable


@dataclass(frozen=True, slots=True)
class SampleChat:
    """A visitor and a question; with `reply` a person takes it over and the visitor ends it with `rating`."""

    name: str
    email: str
    page: str
    asks: str
    reply: str = ""
    thanks: str = ""
    rating: int | None = None
    comment: str = ""


async def hold_sample_chat(client: httpx2.AsyncClient, sample: SampleChat, agent: Mapping[str, str]) -> None:
    """Say what visitor and person say; `agent` are the headers of the person's session.

    Raises:
        Unavailable: The desk refuses a step.
    """
    start = {"userName": sample.name, "userEmail": sample.email, "currentPage": sample.page}
    chat = await _post(client, "/api/chat", start)
    session, visitor = chat["sessionId"], {"X-Visitor-Token": chat["visitorToken"]}
    messages = f"/api/v1/chats/{session}/messages"
    if not sample.reply:
        await _post(client, messages, {"content": sample.asks}, visitor)
        return
    await _post(client, f"/api/chat/{session}/escalate", {})
    await _post(client, messages, {"content": sample.asks}, visitor)
    await _post(client, f"/api/chat/{session}/takeover", {}, agent)
    reply = {"chatId": chat["chatId"], "content": sample.reply, "sender": "agent"}
    await _post(client, "/api/messages", reply, agent)
    await _post(client, messages, {"content": sample.thanks}, visitor)
    end = {"rating": sample.rating, "ratingComment": sample.comment}
    await _post(client, f"/api/messages/chat/{session}/end", end, visitor)


def expect_success(reply: httpx2.Response) -> None:
    """Go on only if the desk has done what it was asked.

    Raises:
        Unavailable: It has not.
    """
    if not reply.is_success:
        raise Unavailable(f"The demo could not be prepared: {reply.request.url.path} answered {reply.text}")


async def _post(
    client: httpx2.AsyncClient,
    path: str,
    body: Mapping[str, object],
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    reply = await client.post(path, json=body, headers=headers)
    expect_success(reply)
    told: dict[str, Any] = reply.json()
    return told
