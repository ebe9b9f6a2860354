"""What the desk adds to the model server's own time: to the first draft token, and after a sentence's last token.

The model server is a stub on the loopback that streams without a pause; the same stub is asked directly and through
the whole product in one run.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from peers.fake_model_server import FakeModelServer
from peers.running_desk import running_desk

ROUNDS = 60
TEXT = "# Returns\n\nYou can return a desk machine within 30 days of delivery. Return postage is paid by you."
ANSWER = "You can return a desk machine within 30 days of delivery. And so on and on it goes"
QUESTION = "Within how many days can I return a desk machine after delivery?"


async def direct(client: httpx2.AsyncClient, server: FakeModelServer) -> float:
    """Milliseconds to the first token at the stub itself."""
    body = {"model": "x", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    started = time.perf_counter()
    async with client.stream("POST", f"{server.base_url}/chat/completions", json=body) as reply:
        async for line in reply.aiter_lines():
            if '"content": "' in line:
                return 1000 * (time.perf_counter() - started)
    raise AssertionError("no token")


async def measure() -> dict[str, float]:
    """Medians and spreads in milliseconds."""
    raw, first, sentence = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        async with FakeModelServer() as server, running_desk(Path(folder), server.base_url) as desk:
            await desk.teach("returns.md", TEXT)
            server.say(ANSWER)
            async with httpx2.AsyncClient() as client:
                for _ in range(ROUNDS):
                    raw.append(await direct(client, server))
                    chat = await desk.start_chat()
                    started = time.perf_counter()
                    drafts: list[float] = []
                    async with desk.stream(chat, QUESTION, drafts=True) as events:
                        async for event in events:
                            now = 1000 * (time.perf_counter() - started)
                            if event["type"] == "draft":
                                drafts.append(now)
                            elif event["type"] == "sentence":
                                # The word after the sentence's end is what shows that it has ended.
                                sentence.append(now - drafts[10])
                    first.append(drafts[0])
    return {
        "rounds": ROUNDS,
        "raw_first_token_ms": statistics.median(raw),
        "desk_first_draft_ms": statistics.median(first),
        "added_ms": statistics.median(first) - statistics.median(raw),
        "added_p90_ms": statistics.quantiles(first, n=10)[-1] - statistics.median(raw),
        "sentence_after_last_token_ms": statistics.median(sentence),
        "sentence_after_last_token_p90_ms": statistics.quantiles(sentence, n=10)[-1],
    }


def main() -> None:
    """Print the figures and keep them."""
    result = asyncio.run(measure())
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "added_latency.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
