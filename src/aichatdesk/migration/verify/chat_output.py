"""Whether what the model writes arrives as it should: bound by a schema, in every alphabet, and repeatable."""

import json

from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected, ModelUnavailable
from aichatdesk.inference.replies import read_json
from aichatdesk.migration.verify.bench import ChatBench, Said, schema_of
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn

_NEEDS = ("chat.stream", "chat.ends", "chat.own_answer")
_MARKS = ("kx42", "zq17")
# Bound by a schema any model must write this, so nothing depends on what it knows.
_FOREIGN = "Grüße, 東京 🙂"
_SHORT_ANSWER, _WITH_THOUGHTS = 96, 800
_JSON_REMEDY = (
    "Take a release of the server that binds answers to `response_format: json_schema` (vLLM, llama.cpp and Ollama have "
    "done so for long), and let no proxy drop the field. Until then the desk cannot judge moods and categories."
)


async def _bound(bench: ChatBench, question: str, values: tuple[str, ...]) -> Said:
    """Ask bound by a schema; a model that thinks all the time that it has gets more of it."""
    said = await bench.say(question, _SHORT_ANSWER, json_schema=schema_of(values))
    if said.text.strip() or said.finished.reason != "length":
        return said
    try:
        return await bench.say(question, _WITH_THOUGHTS, json_schema=schema_of(values), seconds=25)
    except ModelOverloaded:
        raise
    except ModelUnavailable:  # it thinks for longer than can be waited for; the first time it did answer
        return said


async def check_json(bench: ChatBench) -> Finding:
    """Ask for something else than JSON, bound by a schema that only two words fit."""
    if not bench.profile.supports_json_schema:
        return skipped("the desk does not ask this kind of server for JSON by a schema")
    try:
        said = await _bound(bench, "Write a short poem about rain.", _MARKS)
    except ContextTooLong:
        raise
    except ModelRejected as error:
        return fail(f"a schema is refused: {error}", _JSON_REMEDY)
    text, cut = said.text.strip(), said.finished.reason == "length"
    fitting = [json.dumps({"mark": value}, separators=(",", ":")) for value in _MARKS]
    bare = "".join(text.split())
    if bare in fitting:
        return ok(f"bound by the schema: {text[:60]}")
    if cut and any(whole.startswith(bare) for whole in fitting):
        return skipped(f"the model filled its tokens before it came to the point: {said.text[:30]!r}")
    if not text:
        return skipped("the model wrote nothing")
    return fail(f"not bound by the schema: {text[:80]!r}", _JSON_REMEDY)


async def check_unicode(bench: ChatBench) -> Finding:
    """Let the schema allow one text only, in several alphabets."""
    if not bench.profile.supports_json_schema:
        return skipped("the text cannot be asked for without a schema")
    said = await _bound(bench, "Greet somebody.", (_FOREIGN,))
    try:
        seen = read_json(said.text)["mark"]
    except (ValueError, KeyError, TypeError):
        return skipped(f"the model did not come to the text: {said.text[:40]!r}")
    if seen == _FOREIGN:
        return ok(f"{_FOREIGN} arrived whole")
    return fail(
        f"{_FOREIGN} arrived as {str(seen)[:60]!r}",
        "Something between model and desk breaks UTF-8: leave out the proxy in between, or update the server.",
    )


async def check_repeatable(bench: ChatBench) -> Finding:
    """Ask the same up to three times at temperature 0; any two that agree are enough."""
    answers: list[str] = []
    limit = bench.tokens_in(2, least=8, most=16)
    for _ in range(3):
        said = await bench.say("Name three colours.", limit)
        if not said.text:
            return skipped(f"the model wrote nothing within {limit} tokens")
        if said.text in answers:
            return ok("the same words came again")
        answers.append(said.text)
    return warn(
        "three times other words, at temperature 0",
        "The server does not keep to `temperature: 0`; look for a sampling default that overrides it. Comparisons and "
        "evaluations with this model will differ from run to run.",
    )


OUTPUT_CHECKS: tuple[Check[ChatBench], ...] = (
    Check(
        "chat.json",
        "JSON is bound by a schema",
        "a poem, bound by a schema that two words fit",
        check_json,
        needs=_NEEDS,
        seconds=40,
    ),
    Check(
        "chat.unicode",
        "Every alphabet arrives whole",
        f"a schema that only {_FOREIGN} fits",
        check_unicode,
        needs=(*_NEEDS, "chat.json"),
        seconds=40,
    ),
    Check(
        "chat.repeatable",
        "At temperature 0 answers repeat",
        "the same question, two or three times",
        check_repeatable,
        needs=_NEEDS,
        seconds=15,
    ),
)
