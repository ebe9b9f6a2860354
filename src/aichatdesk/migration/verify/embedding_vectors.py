"""Whether vectors have the right width, hold numbers, and point somewhere."""

import base64
import binascii

import numpy as np

from aichatdesk.inference.errors import ModelUnavailable, UnusableVector
from aichatdesk.migration.verify.bench import EmbeddingBench
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn
from aichatdesk.migration.verify.raw import TooOften

_NEEDS = ("embedding.vectors",)
TEXTS = (
    "An item can be sent back within 45 days of delivery.",
    "Shipping is free for orders above 90 EUR.",
    "The warranty of the tents is six years.",
    "Mountains rise where two plates of the earth's crust meet.",
    "She plays the violin in a small orchestra.",
    "Der Rechner zeigt beim Start einen blauen Bildschirm.",
)
_SAME = 0.99999
# Cosine; what is decoded wrongly points anywhere.
_ALIKE = 0.95
_BYTES = 4
_MOST = 2**63
_TOO_MANY = 429


async def raw_rows(bench: EmbeddingBench, texts: list[str], **more: object) -> list[list[float] | str]:
    """The rows as the server wrote them, numbers or base64, by its own numbering; empty where it wrote none.

    Raises:
        TooOften: It limits how often it may be asked.
    """
    body = {"model": bench.target.model, "input": texts, "encoding_format": "float", **more}
    reply = await bench.raw.post("/embeddings", body, seconds=20)
    if reply.status == _TOO_MANY:
        raise TooOften(f"{reply.status}: too many requests")
    answer = reply.json() if reply.is_success else None
    data = answer.get("data") if isinstance(answer, dict) else None
    items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    items.sort(key=lambda item: item["index"] if type(item.get("index")) is int else 0)
    rows = [item["embedding"] for item in items if _is_row(item.get("embedding"))]
    return rows if len(rows) == len(items) else []


def _is_row(row: object) -> bool:
    if isinstance(row, list):
        return bool(row) and all(
            type(number) is float or (type(number) is int and abs(number) < _MOST) for number in row
        )
    return isinstance(row, str)


async def check_vectors(bench: EmbeddingBench) -> Finding:
    """Embed one text with the desk's own client, of whatever width."""
    try:
        vectors = await bench.embed(TEXTS[:1])
    except UnusableVector as error:
        return fail(str(error), "The server computes wrongly: try `--dtype float32` (vLLM), and see its log.")
    except ModelUnavailable as error:
        rows = await raw_rows(bench, [TEXTS[0]])
        if rows and isinstance(rows[0], str):
            return fail(
                "base64 came, where floats were asked for",
                "The server or a proxy overrides `encoding_format`: ask the model server itself, or update it.",
            )
        return fail(
            str(error),
            "This is not what an embedding server answers: see its log, or ask it without the proxy.",
        )
    return ok(f"{vectors.shape[1]} numbers for a text")


async def check_width(bench: EmbeddingBench) -> Finding:
    """Count the numbers that the server gives, and compare them with what the desk would require."""
    expected, ask = bench.model_profile.width, bench.model_profile.ask_width
    rows = await raw_rows(bench, [TEXTS[0]], **({"dimensions": ask} if ask else {}))
    if not rows or not isinstance(rows[0], list):
        return skipped("no list of numbers came; see embedding.vectors")
    native = len(rows[0])
    if expected is None:
        return ok(f"{native} numbers; write EMBEDDING_DIMENSIONS={native}, so that a change is noticed")
    if native == expected:
        return ok(f"{native} numbers, as expected")
    if native * _BYTES == expected:
        return fail(
            f"{native} numbers where {expected} are expected: a quarter",
            "Something between model and desk reads base64 as if it were numbers, or the reverse: ask the model server "
            "itself without the proxy in between, or update the proxy.",
        )
    return fail(
        f"{native} numbers where {expected} are expected",
        f"Serve the model that the name stands for, or set EMBEDDING_DIMENSIONS={native} and embed the knowledge anew.",
    )


async def check_base64(bench: EmbeddingBench) -> Finding:
    """Ask for base64, as other clients do without being told."""
    plain = await raw_rows(bench, [TEXTS[0]])
    other = await raw_rows(bench, [TEXTS[0]], encoding_format="base64")
    if not plain or isinstance(plain[0], str):
        return skipped("no list of numbers came; see embedding.vectors")
    remedy = (
        "The desk asks for floats and is not touched. Other programs that use OpenAI's library must name "
        "`encoding_format: float`, or they get a quarter of the numbers, all zero."
    )
    if not other:
        return warn("base64 is refused", remedy)
    if isinstance(other[0], list):
        return warn(f"base64 is ignored: {len(other[0])} plain numbers came", remedy)
    try:
        decoded = np.frombuffer(base64.b64decode(other[0], validate=True), "<f4")
    except (TypeError, ValueError, binascii.Error):
        return warn(f"what came as base64 cannot be decoded: {str(other[0])[:30]!r}", remedy)
    if len(decoded) != len(plain[0]):
        return warn(f"{len(decoded)} numbers in base64, {len(plain[0])} as floats", remedy)
    given = np.array(plain[0], np.float32)
    if not decoded @ given > _ALIKE * np.linalg.norm(decoded) * np.linalg.norm(given):
        return warn("base64 holds other numbers than the floats", remedy)
    return ok(f"{len(decoded)} numbers in base64 too, the same")


async def check_dimensions(bench: EmbeddingBench) -> Finding:
    """Only where another width is required than the model has."""
    wanted, rows = bench.target.dimensions, await raw_rows(bench, [TEXTS[0]])
    native = len(rows[0]) if rows and isinstance(rows[0], list) else None
    if wanted is None or native is None or wanted == native:
        return skipped("the model's own width is wanted")
    remedy = f"Set EMBEDDING_DIMENSIONS={native}, the model's own width."
    rows = await raw_rows(bench, [TEXTS[0]], dimensions=wanted)
    if not rows or not isinstance(rows[0], list) or len(rows[0]) != wanted:
        how = "is ignored" if rows else "is refused"
        return fail(f"`dimensions: {wanted}` {how}; the model has {native}", remedy)
    if bench.model_profile.ask_width == wanted:
        return ok(f"asked for `dimensions: {wanted}`, as the desk does, it gives them")
    return warn(
        f"it would give {wanted} numbers, but the desk does not ask this model's family for them", remedy
    )


async def check_finite(bench: EmbeddingBench) -> Finding:
    """Embed odd texts; each must give numbers, and not all of them zero."""
    odd = [".", "🙂🙂", "0000000000 1111111111", "a", "\t tab \n line", "ﷺ", "x" * 400]
    bad = []
    for text in odd:
        try:
            await bench.embed([text])
        except UnusableVector:
            bad.append(text[:12])
    if bad:
        return fail(
            f"no usable numbers for {bad}",
            "The server overflows or divides by zero: serve the model with more precision (vLLM: `--dtype float32`).",
        )
    return ok(f"numbers for each of {len(odd)} odd texts")


async def check_normalised(bench: EmbeddingBench) -> Finding:
    """Measure the lengths as the server gives them."""
    rows = [row for row in await raw_rows(bench, list(TEXTS[:3])) if not isinstance(row, str)]
    if not rows:
        return skipped("no list of numbers came; see embedding.vectors")
    lengths = np.array([float(np.linalg.norm(np.array(row, np.float64))) for row in rows])
    seen = f"lengths {lengths.min():.3g} to {lengths.max():.3g}"
    if np.allclose(lengths, 1, atol=0.02):
        return ok(seen)
    return warn(
        seen,
        "The desk makes them unit vectors itself. Other programs that compare by dot product must do so too.",
    )


async def check_distinct(bench: EmbeddingBench) -> Finding:
    """Different texts must have different vectors."""
    vectors = np.concatenate([await bench.embed([text]) for text in TEXTS])
    likeness = vectors @ vectors.T
    others = likeness[~np.eye(len(TEXTS), dtype=bool)]
    if others.min() > _SAME:
        return fail(
            f"{len(TEXTS)} different texts have the same vector",
            "This model or its pooling is broken: serve it with its own pooling (vLLM: `--runner pooling`), and see that "
            "the weights were loaded whole.",
        )
    return ok(f"cosines between different texts from {others.min():.2f} to {others.max():.2f}")


VECTOR_CHECKS: tuple[Check[EmbeddingBench], ...] = (
    Check(
        "embedding.width",
        "Vectors have the width expected",
        "one text",
        check_width,
        needs=("embedding.model",),
    ),
    Check(
        "embedding.dimensions",
        "The width that is wanted can be had",
        "one text with `dimensions`, where it matters",
        check_dimensions,
        needs=("embedding.model",),
    ),
    Check(
        "embedding.vectors",
        "A text becomes a vector of numbers",
        "one text",
        check_vectors,
        needs=("embedding.model",),
    ),
    Check(
        "embedding.base64",
        "Base64 is understood",
        "one text, as floats and as base64",
        check_base64,
        needs=_NEEDS,
    ),
    Check("embedding.finite", "Odd texts give numbers too", "seven odd texts", check_finite, needs=_NEEDS),
    Check("embedding.normalised", "Vectors are unit vectors", "three texts", check_normalised, needs=_NEEDS),
    Check("embedding.distinct", "Different texts differ", "six texts", check_distinct, needs=_NEEDS),
)
