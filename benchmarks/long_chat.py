"""The dashboard with a chat of 10,000 messages: frames a second as it is scrolled, and how soon the inbox is there.

In a real Chromium without a graphics processor, so beside each figure stands a plain list of 50 lines, scrolled the
same way in the same run.
"""

import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from aichatdesk.conversation.answer import add_sentence, begin_answer, finish_answer
from aichatdesk.conversation.domain import AnswerState, Reason
from aichatdesk.conversation.hand_over import request_hand_over
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.ids import AgentId, ChatId
from aichatdesk.platform.storage.database import Transaction
from e2e.conftest import FLAGS
from e2e.dashboard_pages import sign_in
from peers.fake_model_server import FakeModelServer
from peers.running_desk import ADMIN, RunningDesk, running_desk

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
MESSAGES = 10_000
BATCH = 500
OTHER_CHATS = 40
SECONDS = 6
PAINTS = 5
KIM = Actor(AgentId("a" * 24), "Kim", "kim@example.org", Role.ADMIN)
WORDS = "The parcel was sent on Monday, and it should have been here by now, as the page said. "
SOURCE = {
    "n": 1, "document": "terms.md", "documentId": "d" * 24, "section": "Shipping",
    "text": WORDS, "start": 0, "end": len(WORDS), "score": 0.9,
}  # fmt: skip
CITATION = {
    "n": 1,
    "document": "terms.md",
    "documentId": "d" * 24,
    "section": "Shipping",
    "start": 0,
    "end": 32,
}
PLAIN = (
    "<!doctype html><style>div{height:100vh;overflow:auto}p{padding:12px}</style><div id=list>"
    + "".join(f"<p>{number}. {WORDS}</p>" for number in range(50))
    + "</div>"
)
SCROLL = """([find, seconds]) => new Promise(resolve => {
  const list = document.querySelector(find), times = [];
  let up = true;
  const frame = now => {
    times.push(now);
    if (now - times[0] > seconds * 1000) return resolve(times);
    list.scrollTop += up ? -60 : 60;
    if (list.scrollTop <= 0) up = false;
    if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) up = true;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
PAINTED = """find => new Promise(resolve => {
  const look = () => document.querySelector(find)
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
})"""
ROW = "a[data-session]"
LIST = "[data-virtuoso-scroller]"


def fill(tx: Transaction, chat_id: ChatId, numbers: range) -> None:
    """Messages of all kinds: a visitor's, an agent's, answers with sources, and now and then a note."""
    for number in numbers:
        text = f"{number}. {WORDS * (1 + number % 4)}"
        match number % 8:
            case 1 | 5:
                answer = begin_answer(tx, chat_id, question_id=None, sources=[SOURCE])
                add_sentence(tx, answer, text, [CITATION])
                finish_answer(
                    tx,
                    answer,
                    state=AnswerState.COMPLETE,
                    confidence=0.9,
                    needs_human=False,
                    language="en",
                )
            case 3 | 6:
                post_agent_message(tx, chat_id, KIM, text, internal=number % 24 == 3)
            case _:
                post_visitor_message(tx, chat_id, text)


async def make_chats(desk: RunningDesk) -> str:
    """A long chat and some short ones; the long one's session."""
    database = desk.desk.database
    long = await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))
    for batch in batches():
        await database.write(partial(fill, chat_id=long.id, numbers=batch))
    for number in range(OTHER_CHATS):
        other = await database.write(partial(start_chat, new=NewChat(f"Visitor {number}", "v@example.org")))
        await database.write(partial(fill, chat_id=other.id, numbers=range(4)))
    await database.write(partial(request_hand_over, chat_id=long.id, reason=Reason.VISITOR_ASKED))
    return long.session_id


def batches() -> Iterator[range]:
    return (range(begin, min(begin + BATCH, MESSAGES)) for begin in range(0, MESSAGES, BATCH))


async def first_paint(browser: Browser, desk: RunningDesk) -> float:
    """Milliseconds from the beginning of loading, with nothing cached, to the first chat of the queue on screen."""
    context = await browser.new_context(viewport={"width": 1280, "height": 860})
    reply = await context.request.post(f"{desk.base_url}/api/agents/login", data=ADMIN)
    assert reply.ok, await reply.text()
    page = await context.new_page()
    await page.goto(f"{desk.base_url}/dashboard/inbox", wait_until="commit")
    painted: float = await page.evaluate(PAINTED, ROW)
    await context.close()
    return painted


async def scrolled(page: Page, find: str) -> dict[str, float]:
    times: list[float] = await page.evaluate(SCROLL, [find, SECONDS])
    frames = [later - before for before, later in pairwise(times)]
    return {
        "frames_a_second": 1000 * len(frames) / (times[-1] - times[0]),
        "longest_frame_ms": max(frames),
        "p95_frame_ms": statistics.quantiles(frames, n=20)[-1],
    }


async def measure() -> dict[str, Any]:
    """All in one run, in one browser."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            FakeModelServer() as models,
            running_desk(Path(folder) / "data", models.base_url) as desk,
            async_playwright() as playwright,
        ):
            session = await make_chats(desk)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            paints = [await first_paint(browser, desk) for _ in range(PAINTS)]
            page = await (await browser.new_context(viewport={"width": 1280, "height": 860})).new_page()
            await page.set_content(PLAIN)
            plain = await scrolled(page, "#list")
            await page.goto(f"{desk.base_url}/dashboard/")
            await sign_in(page, ADMIN)
            began = time.perf_counter()
            await page.locator(f"a[data-session='{session}']").click()
            await page.locator(LIST).get_by_text(f"{MESSAGES - 1}. The parcel").wait_for(timeout=60_000)
            opened = time.perf_counter() - began
            chat = await scrolled(page, LIST)
            drawn = await page.evaluate(f"document.querySelectorAll('{LIST} [data-index]').length")
            await browser.close()
    return {
        "messages": MESSAGES,
        "first_inbox_paint_ms": statistics.median(paints),
        "first_inbox_paint_best_ms": min(paints),
        "long_chat_opened_s": opened,
        "rows_drawn_at_once": drawn,
        "long_chat": chat,
        "plain_list_of_50": plain,
        "frames_to_plain": chat["frames_a_second"] / plain["frames_a_second"],
    }


def main() -> None:
    """Print the figures and keep them."""
    result = asyncio.run(measure())
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "long_chat.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
