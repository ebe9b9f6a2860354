"""Whether the model is given the whole prompt, judged by the server's own count of it.

A small model may ignore what it reads, so its words prove nothing; a text that was read is counted.
"""

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.chat import ChatTurn
from aichatdesk.inference.errors import ContextTooLong, ModelRejected
from aichatdesk.migration.verify.bench import ChatBench, mark, words
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn

_NEEDS = ("chat.stream", "chat.ends", "chat.own_answer")
# A common word is one token or more in every tokenizer; half of that leaves room for templates.
_LEAST_PER_WORD = 0.5
_ADDED = 60
_ORDERS = (
    "You are a pirate. Begin each answer with the word Ahoy.",
    "Answer in French, with one word only.",
    "Write numbers and nothing else, as a machine would.",
)
_QUESTION = "Tell me something about rivers."
# Tokens; of a slow model so many as it writes in so many seconds.
_ANSWER, _SHORT_ANSWER, _SECONDS = 12, 6, 1.5
_NO_COUNT = "the server tells no counts"


async def _grows(bench: ChatBench, short: list[ChatTurn], long: list[ChatTurn]) -> int | None:
    """By how many tokens the longer prompt is longer, as the server counts."""
    first, second = await bench.count(short), await bench.count(long)
    return None if first is None or second is None else second - first


async def check_system_prompt(bench: ChatBench) -> Finding:
    """Make the system prompt longer, and see whether the prompt becomes longer."""
    question = ChatTurn("user", "Hello?")
    remedy = (
        "The chat template leaves the system prompt out: serve the model with its own template (vLLM: `--chat-template`; "
        "Ollama: a Modelfile whose TEMPLATE has {{ .System }}), or choose a model that has one. Without it the desk's "
        "rules do not reach the model."
    )
    try:
        grown = await _grows(
            bench,
            [ChatTurn("system", f"{mark()} Be brief."), question],
            [ChatTurn("system", f"{mark()} Be brief. {words(_ADDED)}"), question],
        )
    except ContextTooLong:
        raise
    except ModelRejected as error:
        return fail(f"a system prompt is refused: {error}", remedy)
    if grown is None:
        return skipped(_NO_COUNT)
    if grown < _LEAST_PER_WORD * _ADDED:
        return fail(f"{_ADDED} words more in the system prompt, {grown} tokens more counted", remedy)
    if await _has_no_effect(bench):
        return warn(
            f"{grown} tokens more are counted, but three different system prompts gave the same words", remedy
        )
    return ok(f"{_ADDED} words more in the system prompt, {grown} tokens more counted")


async def _has_no_effect(bench: ChatBench) -> bool:
    """Whether system prompts change nothing in the answer, where the same words before the question do."""
    limit = bench.tokens_in(_SECONDS, least=_SHORT_ANSWER, most=_ANSWER)
    within: set[str] = set()
    for order in _ORDERS:
        turns = [ChatTurn("system", order), ChatTurn("user", _QUESTION)]
        within.add((await bench.say(turns, limit)).text)
        if len(within) > 1:
            return False
    before = {(await bench.say(f"{order}\n\n{_QUESTION}", limit)).text for order in _ORDERS}
    return len(before) > 1


async def check_memory(bench: ChatBench) -> Finding:
    """Put a long turn before, and see whether it counts."""
    last = ChatTurn("user", "And then?")
    grown = await _grows(
        bench,
        [ChatTurn("user", f"{mark()} Hello."), ChatTurn("assistant", "Hello."), last],
        [
            ChatTurn("user", f"{mark()} Hello. {words(_ADDED // 2)}"),
            ChatTurn("assistant", f"Hello. {words(_ADDED // 2)}"),
            last,
        ],
    )
    if grown is None:
        return skipped(_NO_COUNT)
    if grown < _LEAST_PER_WORD * _ADDED:
        return fail(
            f"{_ADDED} words more in the turns before, {grown} tokens more counted",
            "The server or a proxy passes only the last message on; send the desk to the model server itself.",
        )
    return ok(f"{_ADDED} words more in the turns before, {grown} tokens more counted")


async def check_roles(bench: ChatBench) -> Finding:
    """Send turns as the desk does, then two of one role in a row, which it never sends."""
    rules, hello, reply = (
        ChatTurn("system", "Be brief."),
        ChatTurn("user", "Hello."),
        ChatTurn("assistant", "Hi."),
    )
    try:
        await bench.say([rules, hello, reply, hello, reply, hello], 1)
    except ModelRejected as error:
        return fail(
            f"system, user, assistant, user ... is refused: {error}",
            "Serve the model with a chat template that takes a system prompt and turns (vLLM: `--chat-template`).",
        )
    try:
        await bench.say([rules, hello, hello], 1)
    except Invalid:
        return ok("turns are accepted; two of one role in a row are not, and the desk joins them")
    return ok("turns are accepted, two of one role in a row too")


PROMPT_CHECKS: tuple[Check[ChatBench], ...] = (
    Check(
        "chat.system_prompt",
        "The system prompt reaches the model",
        f"a short system prompt, and one with {_ADDED} words more",
        check_system_prompt,
        needs=_NEEDS,
        seconds=20,
    ),
    Check(
        "chat.roles",
        "Turns are accepted as the desk sends them",
        "system, user, assistant, user ...",
        check_roles,
        needs=_NEEDS,
        seconds=20,
    ),
    Check(
        "chat.memory",
        "Earlier turns reach the model",
        f"three turns, and the same with {_ADDED} words more before the last",
        check_memory,
        needs=(*_NEEDS, "chat.roles"),
        seconds=20,
    ),
)
