"""How much of a text an embedding model reads, told by whether its end changes the vector."""

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.errors import ContextTooLong, ModelRejected
from aichatdesk.migration.verify.bench import EmbeddingBench, words
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, warn

_NEEDS = ("embedding.distinct",)
# A common word is seldom more than 1.3 tokens, prefixes and marks included; this share stays within the limit.
_WITHIN = 0.6
_BEYOND = 3
_UNREAD = 0.9999999
_ENDS = (" tents" * 12, " violin" * 12)


async def _end_matters(bench: EmbeddingBench, number: int) -> bool:
    one, other = [await bench.embed([words(number) + end], seconds=25) for end in _ENDS]
    return bool(one[0] @ other[0] < _UNREAD)


async def check_whole(bench: EmbeddingBench) -> Finding:
    """Two texts that differ at their end, shorter than the model's limit."""
    limit = bench.model_profile.token_limit
    number = int(_WITHIN * limit)
    remedy = (
        f"The desk counts on {limit} tokens for this model: give the server that window (vLLM: `--max-model-len {limit}`; "
        f"Ollama: num_ctx {limit})."
    )
    try:
        read = await _end_matters(bench, number)
    except (ModelRejected, ContextTooLong) as error:
        return fail(f"a text of {number} words is refused: {error}", remedy)
    if read:
        return ok(f"the last words of a text of {number} words change its vector")
    return fail(f"of a text of {number} words the end is not read, and nothing says so", remedy)


async def check_overlong(bench: EmbeddingBench) -> Finding:
    """Two texts that differ at their end, far longer than the model's limit."""
    number = _BEYOND * bench.model_profile.token_limit
    try:
        read = await _end_matters(bench, number)
    except (ModelRejected, ContextTooLong):
        return ok(f"a text of {number} words is refused, and the reason is told")
    except Unavailable as error:
        return fail(
            f"a text of {number} words: {error}",
            "A text that is too long must be refused or cut, not break the server; update it.",
        )
    if read:
        return ok(f"a text of {number} words is read whole")
    return warn(
        f"of a text of {number} words the end is cut off in silence",
        "Passages of the desk are shorter and are not touched; a very long question is found by its beginning only.",
    )


LENGTH_CHECKS: tuple[Check[EmbeddingBench], ...] = (
    Check(
        "embedding.whole",
        "A passage is read to its end",
        "two long texts that differ at their end",
        check_whole,
        needs=_NEEDS,
        seconds=20,
    ),
    Check(
        "embedding.overlong",
        "A text that is too long does no harm",
        "two texts of three times the model's limit",
        check_overlong,
        needs=_NEEDS,
        seconds=25,
    ),
)
