"""How much of a text an embedding model reads, told by whether its end changes the vector."""

from dataclasses import replace

import numpy as np

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected
from aichatdesk.inference.profiles import EmbeddingProfile
from aichatdesk.knowledge.chunking import CHUNK_TOKENS
from aichatdesk.migration.verify.bench import EmbeddingBench, words
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, warn

_NEEDS = ("embedding.distinct",)
# A common word is seldom more than 1.3 tokens, prefixes and marks included; this share stays within the limit.
_WITHIN = 0.6
_BEYOND = 3
# A twentieth of the words changes a vector by about as much (0.13 of 300 words, the packaged models); rounding, and
# a window that ends in the midst of a word, change it by less than these.
_UNREAD, _HARDLY_READ = 1e-3, 1e-2
_UNKNOWN = EmbeddingProfile("")
# A passage is reckoned by its length; one full of numbers has up to twice as many tokens.
_LONGEST_PASSAGE = 2 * CHUNK_TOKENS


async def _weight_of_end(bench: EmbeddingBench, number: int) -> float:
    """How far apart the vectors of two texts are that differ in their last twentieth."""
    ends = [f" {word}" * max(number // 20, 12) for word in ("tents", "violin")]
    one, other = [await bench.embed([words(number) + end], seconds=20) for end in ends]
    return float(np.linalg.norm(one[0] - other[0]))


async def check_whole(bench: EmbeddingBench) -> Finding:
    """Two texts that differ at their end, shorter than the model's limit."""
    limit = bench.model_profile.token_limit
    number = min(int(_WITHIN * limit), CHUNK_TOKENS)
    remedy = (
        f"The desk counts on {limit} tokens for this model: give the server that window (vLLM: `--max-model-len {limit}`; "
        f"Ollama: num_ctx {limit})."
    )
    try:
        read = await _weight_of_end(bench, number) > _UNREAD
    except (ModelRejected, ContextTooLong) as error:
        return fail(f"a text of {number} words is refused: {error}", remedy)
    if read:
        return ok(f"the last words of a text of {number} words change its vector")
    return fail(f"of a text of {number} words the end is not read, and nothing says so", remedy)


async def check_overlong(bench: EmbeddingBench) -> Finding:
    """Two texts that differ at their end, far longer than the model's limit."""
    limit = bench.model_profile.token_limit
    number = _BEYOND * limit
    try:
        read = await _weight_of_end(bench, number) > _HARDLY_READ
    except (ModelRejected, ContextTooLong):
        seen = f"a text of {number} words is refused, and the reason is told"
        if limit >= _LONGEST_PASSAGE:
            return ok(seen)
        return warn(
            seen,
            f"A passage full of numbers may be more than {limit} tokens, and its document would not be taken in. Let the "
            "server cut what is too long; vLLM does with EMBEDDING_PROVIDER=vllm.",
        )
    except ModelOverloaded:
        raise
    except Unavailable as error:
        return fail(
            f"a text of {number} words: {error}",
            "A text that is too long must be refused or cut, not break the server; update it.",
        )
    if read:
        return ok(f"a text of {number} words is read whole")
    passages = (
        "the desk's passages are shorter"
        if limit >= _LONGEST_PASSAGE
        else "of the desk's passages only those full of numbers are as long"
    )
    seen = f"of a text of {number} words the end is cut off in silence; {passages}"
    if replace(bench.model_profile, model="", width=None) != _UNKNOWN:
        return ok(seen)
    return warn(
        seen,
        "This model's family is not known to the desk: see that its window is at least 512 tokens, else passages lose "
        "their ends.",
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
