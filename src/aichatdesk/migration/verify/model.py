"""Whether the model that is asked for is the one that answers, and whether it is awake."""

import statistics

from aichatdesk.core.errors import Unavailable
from aichatdesk.migration.verify.bench import Bench, ChatBench
from aichatdesk.migration.verify.connection import redirected
from aichatdesk.migration.verify.findings import TOO_OFTEN, Check, Finding, fail, ok, skipped, warn
from aichatdesk.migration.verify.raw import Reply

_NO_SUCH_MODEL = "aichatdesk-verify-no-such-model"
# A first call that is this many times slower than the next ones, and slower by this much, is one that a visitor
# would notice; less is what a busy machine does.
_COLD_RATIO, _COLD_SECONDS = 8, 1.5


def model_checks(side: str) -> tuple[Check[Bench], ...]:
    """The checks of the model's name and of its first call."""
    return (
        Check(
            f"{side}.model",
            "The model is served under its name",
            "the smallest request, the list of models, and a name that does not exist",
            check_model,
            needs=(f"{side}.reachable", f"{side}.key", f"{side}.route"),
            seconds=45,
        ),
        Check(
            f"{side}.cold_start",
            "The first call is as quick as the next",
            "the smallest request, twice more",
            check_cold_start,
            needs=(f"{side}.model",),
            seconds=20,
        ),
    )


async def check_model(bench: Bench) -> Finding:
    """Judge the first answer, then see what becomes of a wrong name."""
    model, variable = bench.target.model, f"{bench.settings}_MODEL"
    reply = await bench.first_reply()
    listed = bench.kind.models
    names = ", ".join(listed[:8])[:300] if listed else "none"
    if not reply.is_success:
        return _refusal(bench, reply, names)
    if no_answer := _no_answer(bench, reply):
        return no_answer
    if listed is not None and _is_listed(model, listed):
        return ok(f"{model} is on the list and answers")
    another = await bench.raw.post(bench.path, bench.smallest() | {"model": _NO_SUCH_MODEL}, seconds=15)
    if not another.is_success:
        return ok(f"{model} answers, and another name is refused ({another.status})")
    return warn(
        f"it answers to {model}, which is not on its list ({names}), and to any other name",
        f"Which model answers cannot be told by its name: set {variable} to a name on the list, and see that the server "
        "loads the model that you mean.",
    )


def _no_answer(bench: Bench, reply: Reply) -> Finding | None:
    """What is wrong with a success that holds no answer of a model."""
    answer, elsewhere = (
        reply.json(),
        f"This is no model server: correct {bench.settings}_BASE_URL; it usually ends with /v1.",
    )
    if not isinstance(answer, dict):
        seen = reply.words or ("nothing" if not reply.body else f"{len(reply.body)} bytes of nothing")
        return fail(f"{reply.status}, but no JSON came: {seen!r}", elsewhere)
    if answer.get("error"):
        return fail(
            f"{reply.status}, and in it an error: {reply.words}",
            "A gateway before the model server tells its refusals as if they were answers: see its log and the server's, "
            "or ask the model server itself.",
        )
    if not answer.get(bench.holds):
        return fail(f"{reply.status}, but no `{bench.holds}` in the answer: {reply.words}", elsewhere)
    return None


def _refusal(bench: Bench, reply: Reply, names: str) -> Finding:
    variable = f"{bench.settings}_MODEL"
    if "not support" in reply.words.lower() and bench.kind.provider == "ollama":
        kind = "a chat model" if bench.side == "chat" else "an embedding model"
        return fail(f"{reply.status}: {reply.words}", f"Set {variable} to {kind}; served are {names}.")
    if reply.status in {404, 400} and "model" in reply.words.lower():
        return fail(
            f"{reply.status}: {reply.words}",
            f"Set {variable} to a name that is served ({names}), or serve it under this name: vLLM with "
            f"`--served-model-name {bench.target.model}`, Ollama with `ollama pull {bench.target.model}`.",
        )
    if reply.status == 429:
        return fail("429: too many requests", TOO_OFTEN)
    if reply.status >= 500:
        return fail(
            f"{reply.status}: {reply.words}",
            "See the model server's own log: it still loads the model, or it failed on a small request.",
        )
    return fail(
        f"{reply.status}: {reply.words}",
        f"The server refuses the smallest request: correct {bench.settings}_BASE_URL and {variable}.",
    )


def _is_listed(model: str, listed: tuple[str, ...]) -> bool:
    """Ollama's names have a tag, and without one they mean the latest."""
    return model in listed or f"{model}:latest" in listed


async def check_cold_start(bench: Bench) -> Finding:
    """Compare the first call with the next ones."""
    try:
        first = (await bench.first_reply()).seconds
    except Unavailable:
        return skipped("the first call was not answered")
    later = [(await bench.raw.post(bench.path, bench.smallest(), seconds=15)).seconds for _ in range(2)]
    usual = statistics.mean(later)
    seen = f"the first call took {first:.2f} s, the next ones {usual:.2f} s"
    if first > _COLD_RATIO * usual and first - usual > _COLD_SECONDS:
        return warn(
            seen,
            "Keep the model loaded: with Ollama set OLLAMA_KEEP_ALIVE=-1; with vLLM ask it once after each start, before "
            "the first visitor does.",
        )
    return ok(seen)


async def check_chat_route(bench: ChatBench) -> Finding:
    """A 404 that is not about the model is about the address."""
    try:
        reply = await bench.first_reply()
    except Unavailable as error:
        return fail(
            f"no answer to the smallest request: {error}",
            "See whether the model server still loads the model or hangs; its log says so. Then try again.",
        )
    if reply.is_redirect:
        return redirected(bench, reply)
    if reply.status not in {404, 405, 501} or _is_about_model(bench, reply):
        return ok(f"POST /chat/completions is answered ({reply.status})")
    if finding := await _another_end(bench, reply):
        return finding
    return fail(
        f"{reply.status}: no such route; {reply.words}",
        "This server has no chat model. vLLM serves one model per port: let LLM_BASE_URL point to the chat server "
        "(port 8000), and EMBEDDING_BASE_URL to the embedding server (port 8001).",
    )


async def check_embedding_route(bench: Bench) -> Finding:
    """A 404 that is not about the model is what a chat server says to embeddings."""
    try:
        reply = await bench.first_reply()
    except Unavailable as error:
        return fail(
            f"no answer to the smallest request: {error}",
            "See whether the model server still loads the model or hangs; its log says so. Then try again.",
        )
    if reply.is_redirect:
        return redirected(bench, reply)
    no_route = reply.status in {404, 405, 501} and not _is_about_model(bench, reply)
    # Ollama serves both kinds at one port, so there it is the name that is wrong; the next check says so.
    if bench.kind.provider == "ollama" or (not no_route and "support embeddings" not in reply.words.lower()):
        return ok(f"POST /embeddings is answered ({reply.status})")
    if finding := await _another_end(bench, reply):
        return finding
    return fail(
        f"{reply.status}: it serves no embeddings; {reply.words}",
        "This is a chat server. Start the embedding model as a process of its own (vLLM: `vllm serve MODEL --runner "
        "pooling --port 8001`) and let EMBEDDING_BASE_URL point to its port, such as http://spark.lan:8001/v1.",
    )


async def _another_end(bench: Bench, reply: Reply) -> Finding | None:
    """What to say where only the end of the address is wrong."""
    seen, address = f"{reply.status}: no such route", bench.target.base_url.rstrip("/")
    if address.endswith(bench.path):
        return fail(
            seen, f"Take {bench.path} off the end of {bench.settings}_BASE_URL: the desk adds it itself."
        )
    if not address.endswith("/v1") and await _listed_below(bench):
        return fail(seen, f"Add /v1 to the end of {bench.settings}_BASE_URL.")
    return None


async def _listed_below(bench: Bench) -> bool:
    try:
        return (await bench.raw.get(f"{bench.raw.base_url}/v1/models")).is_success
    except Unavailable:
        return False


def _is_about_model(bench: Bench, reply: Reply) -> bool:
    """Whether a refusal names the model, and so knows the route."""
    said = reply.words.lower()
    return bench.target.model.lower() in said or ("model" in said and "support" not in said)
