"""Whether a text's vector depends on anything but the text: its place, its neighbours, the hour, the load."""

import asyncio

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.errors import ModelOverloaded, ModelRejected, UnusableVector, WrongWidth
from aichatdesk.migration.verify.bench import EmbeddingBench, words
from aichatdesk.migration.verify.embedding_vectors import TEXTS
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn

_NEEDS = ("embedding.distinct",)
_ORDERED = (*_NEEDS, "embedding.order")
_SAME, _NEAR = 0.9999, 0.999
# Of the distance between the texts; below it, it is rounding and not another order.
_CLEARLY = 0.5


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / lengths, np.float32)


async def _alone(bench: EmbeddingBench) -> NDArray[np.float32]:
    return np.concatenate([await bench.embed([text]) for text in TEXTS])


async def check_batch(bench: EmbeddingBench) -> Finding:
    """As many texts as the desk sends at once."""
    size = bench.profile.embedding_batch_size
    texts = [f"{place} {words(20)}" for place in range(size)]
    remedy = (
        f"The desk sends {size} texts at once to this kind of server: set EMBEDDING_PROVIDER to the kind it is, or raise "
        "the server's limit."
    )
    try:
        vectors = await bench.embed(texts, seconds=25)
    except ModelOverloaded:
        raise
    except (Unavailable, ModelRejected) as error:
        return fail(f"{size} texts at once: {error}", remedy)
    return ok(f"{len(vectors)} texts at once")


async def check_order(bench: EmbeddingBench) -> Finding:
    """Each text of a batch must be nearest to itself alone."""
    remedy = (
        "The server or a proxy mixes up `index`: each passage would be found under another one's words. Update it, or ask "
        "the model server itself."
    )
    try:
        together = await bench.embed(TEXTS)
    except ModelOverloaded:
        raise
    except (WrongWidth, UnusableVector) as error:
        return fail(
            f"among {len(TEXTS)} texts at once: {error}",
            "The server cuts or mixes vectors when it gets several texts at once: update it, or ask it without the proxy.",
        )
    except Unavailable as error:
        return fail(str(error), remedy)
    alone = await _alone(bench)
    likeness = together @ alone.T
    own = np.diag(likeness)
    apart = 1 - (alone @ alone.T).min()
    moved = [place for place in range(len(TEXTS)) if likeness[place].max() - own[place] > _CLEARLY * apart]
    if moved:
        where = ", ".join(f"{place}→{int(likeness[place].argmax())}" for place in moved)
        return fail(f"vectors of a batch belong to other texts ({where})", remedy)
    return ok(f"{len(TEXTS)} texts at once come back in their order")


async def check_single(bench: EmbeddingBench) -> Finding:
    """A text alone and in company."""
    lowest = float(_cosine(await bench.embed(TEXTS), await _alone(bench)).min())
    seen = f"cosine of a text alone and in a batch: {lowest:.5f} at least"
    if lowest >= _NEAR:
        return ok(seen)
    return warn(
        seen,
        "Neighbours in a batch change a vector, as when padding is not masked: questions, which are embedded alone, fit "
        "documents less well. Serve with more precision (vLLM: `--dtype float32`), or update the server.",
    )


async def check_duplicates(bench: EmbeddingBench) -> Finding:
    """The same text three times in one batch."""
    rows = await bench.embed([TEXTS[0], TEXTS[1], TEXTS[0], TEXTS[2], TEXTS[0]])
    lowest = float(min(rows[0] @ rows[2], rows[0] @ rows[4]))
    if lowest >= _NEAR:
        return ok(f"the same text has the same vector (cosine {lowest:.5f})")
    return fail(
        f"the same text has different vectors in one batch (cosine {lowest:.5f})",
        "The server mixes up the texts of a batch, or adds noise; update it, or ask the model server itself.",
    )


async def check_repeatable(bench: EmbeddingBench) -> Finding:
    """The same batch twice."""
    lowest = float(_cosine(await bench.embed(TEXTS[:3]), await bench.embed(TEXTS[:3])).min())
    seen = f"cosine between two calls: {lowest:.5f} at least"
    remedy = (
        "Several servers with different weights or settings behind one address give this, or a proxy that gives an answer "
        "to another question than it was asked; let EMBEDDING_BASE_URL point to one model."
    )
    if lowest < _NEAR:
        return fail(seen, remedy)
    return ok(seen) if lowest >= _SAME else warn(seen, remedy)


async def check_at_once(bench: EmbeddingBench) -> Finding:
    """Several requests at the same time must not get each other's vectors."""
    alone = await _alone(bench)
    rows = await asyncio.gather(*(bench.embed([text]) for text in TEXTS[:4]))
    lowest = float(_cosine(np.concatenate(rows), alone[:4]).min())
    if lowest >= _NEAR:
        return ok(f"4 at once, each with its own vector (cosine {lowest:.5f} at least)")
    return fail(
        f"at once, texts get other vectors than alone (cosine {lowest:.5f})",
        "The server mixes up requests; update it, and until then set its limit to one request at a time.",
    )


async def check_prefix(bench: EmbeddingBench) -> Finding:
    """A question and a document of the same words must differ where the model's family wants them told apart."""
    profile = bench.model_profile
    if (profile.query_prefix, profile.query_field) == (profile.document_prefix, profile.document_field):
        return skipped("this model's family treats questions and documents alike")
    model = bench.client()
    likeness = float(await model.embed_query(TEXTS[0]) @ (await model.embed_documents(TEXTS[:1]))[0])
    if likeness < _SAME:
        return ok(f"cosine of a text as question and as document: {likeness:.4f}")
    return warn(
        f"a text has the same vector as question and as document (cosine {likeness:.5f})",
        "The server drops what tells the two apart, or puts a prefix of its own before all texts; serve the model as it "
        "was published.",
    )


async def check_unicode(bench: EmbeddingBench) -> Finding:
    """Texts must not reach the model as question marks."""
    texts = ["東京の天気", "Größe über Maß", "погода в Москве"]
    lost = ["".join(letter if letter.isascii() else "?" for letter in text) for text in texts]
    whole = np.concatenate([await bench.embed([text]) for text in texts])
    likeness = _cosine(whole, np.concatenate([await bench.embed([text]) for text in lost]))
    if likeness.min() < _SAME:
        return ok("other alphabets reach the model")
    return fail(
        "texts in other alphabets have the vectors of question marks",
        "Something between desk and model breaks UTF-8: leave out the proxy in between, or update the server.",
    )


BATCH_CHECKS: tuple[Check[EmbeddingBench], ...] = (
    Check(
        "embedding.order",
        "A batch comes back in its order",
        "six texts, at once and one by one",
        check_order,
        needs=_NEEDS,
    ),
    Check(
        "embedding.batch",
        "A batch of the desk's size is taken",
        "as many texts as the desk sends at once",
        check_batch,
        needs=_ORDERED,
        seconds=25,
    ),
    Check(
        "embedding.repeatable",
        "The same text gives the same vector again",
        "three texts, twice",
        check_repeatable,
        needs=_ORDERED,
    ),
    Check(
        "embedding.single",
        "Neighbours do not change a vector",
        "six texts, at once and one by one",
        check_single,
        needs=(*_ORDERED, "embedding.repeatable"),
    ),
    Check(
        "embedding.duplicates",
        "Duplicates are equal",
        "one text three times among others",
        check_duplicates,
        needs=(*_ORDERED, "embedding.repeatable"),
    ),
    Check(
        "embedding.at_once",
        "Requests at the same time are kept apart",
        "four requests at once",
        check_at_once,
        needs=(*_ORDERED, "embedding.repeatable"),
    ),
    Check(
        "embedding.prefix",
        "Questions and documents are told apart",
        "one text as both",
        check_prefix,
        needs=_NEEDS,
    ),
    Check(
        "embedding.unicode",
        "Every alphabet reaches the model",
        "three texts, whole and with question marks",
        check_unicode,
        needs=_NEEDS,
    ),
)
