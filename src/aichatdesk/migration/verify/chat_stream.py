"""Whether answers stream, are counted, and end when they should."""

import re

from aichatdesk.inference.profiles import thinks_at_once
from aichatdesk.inference.reasoning import ThinkFilter
from aichatdesk.migration.verify.bench import OPENING, ChatBench, mark
from aichatdesk.migration.verify.chat_own_answer import OWN_ANSWER_CHECK
from aichatdesk.migration.verify.findings import TOO_OFTEN, Check, Finding, fail, ok, skipped, warn
from aichatdesk.migration.verify.raw import Streamed

_LIMIT = 24
_TOO_MANY = 429
_FEW = 8
# Of the whole time, the share within which everything arrived. A model spreads its words over more, unless it took
# long to read the prompt; then an answer of one token is as late.
_ALL_AT_ONCE = 0.2
_BUFFER_RATIO = 3.0
_STORY = "Tell a very long story about a lighthouse keeper, with many details."
_RIDDLE = "A train leaves at 9 and arrives at 11. How long does it take? Think about it first."
_WORD = re.compile(r"[A-Za-z0-9]{2,}")
_NEEDS = ("chat.stream", "chat.ends")
_OWN = (*_NEEDS, "chat.own_answer")


async def check_stream(bench: ChatBench) -> Finding:
    """Look at when the pieces of an answer came."""
    seen = await bench.opening()
    proxy = (
        "Ask the model server without the proxy in between; in nginx set `proxy_buffering off` for this address. "
        "The desk needs `stream: true` answered as server-sent events."
    )
    if not 200 <= seen.status < 300:
        return _not_streamed(seen, proxy)
    if seen.fault and not seen.pieces:
        log = "See the model server's log: it failed where it should begin to stream."
        return fail(seen.fault, log if seen.is_told else proxy)
    if not seen.pieces:
        if seen.completion_tokens or seen.reason:
            return skipped("the model wrote nothing that could be seen")
        if seen.given_up:
            return fail(
                f"no word of an answer came: {seen.given_up}", "See the model server's log; it hangs."
            )
        return fail(f"no events came, but {seen.content_type or 'nothing'}", proxy)
    written = seen.completion_tokens or len(seen.text.split())
    if len(seen.pieces) <= 2 and written >= _FEW:
        return fail(f"{written} tokens came in {len(seen.pieces)} pieces", proxy)
    if await _is_buffered(bench, seen):
        return fail(f"all {len(seen.pieces)} pieces came at the very end, after {seen.seconds:.2f} s", proxy)
    return ok(
        f"{len(seen.pieces)} pieces; the first after {seen.first:.2f} s of {seen.seconds:.2f} s",
        first_token_s=round(seen.first, 3),
    )


def _not_streamed(seen: Streamed, proxy: str) -> Finding:
    """What to say where the same server answers, but not in a stream."""
    told = f"{seen.status} to a request with `stream: true`: {seen.refusal}"
    if seen.status == _TOO_MANY:
        return fail(told, TOO_OFTEN)
    return fail(told, f"See the model server's log: without `stream` it answers. {proxy}")


async def _is_buffered(bench: ChatBench, seen: Streamed) -> bool:
    """Whether the first word waits for the last; asked again, against an answer of one token."""
    if len(seen.pieces) < _FEW or not _arrived_at_once(seen):
        return False
    again = await bench.raw.stream(bench.streaming_body(f"{mark()} {_STORY}", _LIMIT), most_pieces=160)
    single = await bench.raw.stream(bench.streaming_body(f"{mark()} {_STORY}", 1), most_pieces=160)
    return _arrived_at_once(again) and again.first > _BUFFER_RATIO * single.first


def _arrived_at_once(seen: Streamed) -> bool:
    return bool(seen.pieces) and seen.pieces[-1][0] - seen.first < _ALL_AT_ONCE * seen.seconds


async def check_ends(bench: ChatBench) -> Finding:
    """Look at how the same answer ended."""
    seen = await bench.opening()
    if seen.given_up:
        return fail(
            f"asked for {_LIMIT} tokens at most: {seen.given_up}, {len(seen.pieces)} pieces in all",
            "The server must keep to `max_tokens` and close the stream with `data: [DONE]`. See its log, update it, or "
            "leave out the proxy in between. If it is merely slow, choose a smaller model.",
        )
    if seen.fault:
        return fail(seen.fault, "See the model server's log: it broke off in the middle of an answer.")
    return ok(f"it ended after {len(seen.pieces)} pieces and {seen.seconds:.2f} s")


async def check_usage(bench: ChatBench) -> Finding:
    """Look for the counts at the end of the same answer."""
    seen = await bench.opening()
    if not bench.profile.usage_in_stream:
        return skipped("the desk does not ask this kind of server for counts")
    if not seen.prompt_tokens or seen.completion_tokens is None:
        return fail(
            f"prompt_tokens {seen.prompt_tokens}, completion_tokens {seen.completion_tokens}",
            "Update the server, or let the proxy pass `stream_options: {include_usage: true}`: without counts a prompt "
            "that is cut in silence cannot be noticed, nor can the cost of an answer be told.",
        )
    wrong = seen.completion_tokens > 2 * _LIMIT or seen.completion_tokens == 0 < len(seen.text.strip())
    if wrong:
        return warn(
            f"{seen.completion_tokens} tokens are counted for {len(seen.pieces)} pieces, limit {_LIMIT}",
            "The counts cannot be right; costs and speeds told by the desk will not be either. Update the server.",
        )
    return ok(f"{seen.prompt_tokens} tokens of the prompt, {seen.completion_tokens} of the answer")


async def check_stop_reason(bench: ChatBench) -> Finding:
    """Ask for a long story in six tokens."""
    for limit in (6, 9):
        said = await bench.say(f"{mark()} {_STORY}", limit)
        written = said.finished.completion_tokens
        if written is not None and written > limit:
            return fail(
                f"{written} tokens came where {limit} were allowed",
                f"The server does not keep to `{bench.profile.max_tokens_field}`; set LLM_PROVIDER to the "
                "kind of server it is, or take a newer release.",
            )
        if said.finished.reason == "length":
            return ok(f"cut after {limit} tokens, and it says so: `length`")
    if written is None or written < limit:
        return skipped("the model ended by itself each time")
    return fail(
        f"cut after {limit} tokens, and it does not say so",
        "The server must give `finish_reason: length` where it cut an answer; else the desk shows half a sentence as a "
        "whole one. Update the server.",
    )


async def check_stop_words(bench: ChatBench) -> Finding:
    """Take a word out of the answer before, and ask to stop there."""
    before = (await bench.opening()).text
    found = _WORD.findall(before)
    if len(found) < 3 or "<think" in before:
        return skipped("the answer before has no words to stop at")
    stop = found[len(found) // 2]
    body = bench.streaming_body(OPENING, _LIMIT)
    seen = await bench.raw.stream(body | {"stop": [stop]}, most_pieces=160)
    if not 200 <= seen.status < 300:
        return fail(
            f"{seen.status} to a request with `stop`", "Update the server: the desk's helpers stop at words."
        )
    if stop in seen.text:
        return fail(
            f"asked to stop at {stop!r}, it wrote {seen.text[:60]!r}", "The server ignores `stop`; update it."
        )
    return ok(f"it stopped before {stop!r}")


async def check_thoughts(bench: ChatBench) -> Finding:
    """Look for thoughts among the words that a visitor would see."""
    first = await bench.opening()
    limit = bench.tokens_in(12, least=40, most=200)
    body = bench.streaming_body(_RIDDLE, limit)
    seen = await bench.raw.stream(body, seconds=12, most_pieces=1000, until="</think>")
    text = first.text if "think>" in first.text else seen.text
    name = bench.target.model
    remedy = (
        "Let the server keep thoughts apart: vLLM with `--reasoning-parser` for this family (such as qwen3, "
        "deepseek_r1), llama.cpp with `--reasoning-format auto`, Ollama with a release that knows the model; or switch "
        "thinking off. Thoughts take time and tokens from every answer."
    )
    if "think>" not in text:
        apart = seen.thinks or first.thinks
        if thinks_at_once(name) and not apart and seen.reason != "stop":
            return skipped(f"this model thinks first, and had not come to an end within {limit} tokens")
        return ok("thoughts are kept apart from the answer" if apart else "no thoughts in the answer")
    sieve = ThinkFilter(opened=thinks_at_once(name))
    visible = sieve.feed(text) + sieve.finish(cut_off=True)
    reaches = "think>" in visible or (
        bool(visible.strip()) and "<think>" not in text and not thinks_at_once(name)
    )
    who = "a visitor would read them" if reaches else "the desk takes them out, other clients do not"
    return fail(f"thoughts in the answer, {who}: {text[:60]!r}", remedy)


STREAM_CHECKS: tuple[Check[ChatBench], ...] = (
    Check(
        "chat.stream",
        "Answers come word by word",
        "a long story, 24 tokens at most, streamed",
        check_stream,
        needs=("chat.model",),
        seconds=45,
    ),
    Check("chat.ends", "Answers end", "nothing more", check_ends, needs=("chat.stream",), seconds=20),
    Check("chat.usage", "Tokens are counted", "nothing more", check_usage, needs=_NEEDS),
    OWN_ANSWER_CHECK,
    Check(
        "chat.stop_reason",
        "The limit of an answer is kept, and a cut is told",
        "a long story in 6 tokens",
        check_stop_reason,
        needs=_OWN,
    ),
    Check(
        "chat.stop_words",
        "An answer ends at a word given",
        "the same story with `stop`",
        check_stop_words,
        needs=_OWN,
    ),
    Check(
        "chat.thoughts",
        "Thoughts stay out of the answer",
        "a riddle, as many tokens as come in 12 s, 200 at most",
        check_thoughts,
        needs=_OWN,
        seconds=15,
    ),
)
