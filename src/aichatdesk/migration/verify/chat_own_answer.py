"""Whether each question gets its own answer, also where several are asked at the same time.

Every question is bound by a schema that allows one word only, another one each time. So an answer shows whose it is.
"""

import asyncio

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.errors import ModelOverloaded
from aichatdesk.migration.verify.bench import ChatBench, mark, schema_of
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped

_QUESTION = "Write a short poem about the sea."
_TOKENS = 40
_TOGETHER = 4
_LETTERS = 5


async def check_own_answer(bench: ChatBench) -> Finding:
    """Ask one question and then several at once, each with a word of its own."""
    if not bench.profile.supports_json_schema:
        return skipped("the desk does not ask this kind of server for JSON by a schema")
    words = [mark()[:_LETTERS] for _ in range(1 + min(_TOGETHER, bench.at_once))]
    answers = [await _answer(bench, words[0])]
    if not answers[0].strip():
        return skipped(f"the model wrote nothing within {_TOKENS} tokens")
    if words[0] not in answers[0]:
        # An answer that comes one question too late is bound by the schema before.
        if words[0] in await _answer(bench, words[1]):
            return _strange(1, 2, words[1], words[0])
        return skipped("no schema binds the answers, so it cannot be told whose they are; see chat.json")
    answers += await asyncio.gather(*(_answer(bench, word) for word in words[1:]))
    strange = [
        (own, other)
        for own, answer in zip(words, answers, strict=True)
        for other in words
        if own not in answer and other in answer
    ]
    if strange:
        return _strange(len(strange), len(words), *strange[0])
    return ok(f"{len(words)} questions, {len(words) - 1} of them at once, each with its own answer")


def _strange(number: int, asked: int, own: str, other: str) -> Finding:
    return fail(
        f"{number} of {asked} questions got the answer to another one: {own} was asked for, {other} came",
        "A visitor would read what another one was told. A cache, a gateway or a server that mixes up its requests does "
        "this: ask the model server itself, without anything in between, or update it.",
    )


async def _answer(bench: ChatBench, word: str) -> str:
    """What came where only this word was allowed; nothing where it was refused, which other checks judge."""
    try:
        return (await bench.say(_QUESTION, _TOKENS, json_schema=schema_of((word,)))).text
    except ModelOverloaded:
        raise
    except DeskError:
        return ""


OWN_ANSWER_CHECK: Check[ChatBench] = Check(
    "chat.own_answer",
    "Each question gets its own answer",
    "one question, then several at once, each with a schema that only its own word fits",
    check_own_answer,
    needs=("chat.stream", "chat.ends"),
    seconds=30,
)
