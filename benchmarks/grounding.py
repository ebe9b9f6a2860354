"""How many seeded fabrications the grounding check lets through, and how many true sentences it loses.

True sentences are those of real documents (the demo's, and the Debian FAQ in four languages), word for word or
lightly reworded; fabrications are made from them by one change each. Every sentence is judged against the
passage it comes from and four others of its language.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from aichatdesk.assistant.claim_words import BOUNDS, CONDITIONS, NEGATIONS, RESTRICTIONS, tells, words_of
from aichatdesk.assistant.grounding import Grounds, Supported
from aichatdesk.assistant.sentences import spans
from aichatdesk.core.ids import ChunkId, DocumentId
from aichatdesk.entry.demo import read_content
from aichatdesk.inference.language import guess_language
from aichatdesk.knowledge.chunking import cut
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.parsing.readers import parse
from benchmarks.corpus.debian_faq import load_pages

OUT = Path(__file__).parent / "out"
LANGUAGES = ("en", "de", "fr", "it", "es")
MOST = 400
POLICIES = {
    "en": " and includes a free upgrade every year", "de": " und enthält jedes Jahr ein Upgrade",
    "fr": " et comprend une assurance mondiale", "it": " e comprende un'assicurazione mondiale",
    "es": " e incluye un seguro mundial",
}  # fmt: skip
Made = Callable[[str, Passage, random.Random], str | None]


def passages() -> dict[str, list[Passage]]:
    """The chunks of all documents by language."""
    found: dict[str, list[Passage]] = defaultdict(list)
    for page in load_pages(200):
        for chunk in page.chunks:
            found[page.language].append(_passage(len(found), chunk.section, chunk.text, page.language))
    content = read_content()
    for document in content.documents:
        file = content.folder / document["file"]
        parsed = parse(file.suffix.lstrip("."), file.read_bytes())
        language = guess_language(parsed.text)[0]
        for chunk in cut(parsed.text, parsed.sections):
            found[language].append(_passage(len(found), chunk.section, chunk.text, language))
    return {language: found[language] for language in LANGUAGES if found[language]}


def _passage(number: int, section: str, text: str, language: str) -> Passage:
    return Passage(
        ChunkId(number), DocumentId("d"), "d", "d", section, text, 0, len(text), 0.9, 0.9, 0.9, language
    )


def other_number(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """One number becomes another, one of the passage where it has one."""
    numbers = list(re.finditer(r"(?<![\w.,:])\d+(?![\w.,:]?\d)", sentence))
    if not numbers:
        return None
    place = chance.choice(numbers)
    others = sorted(set(re.findall(r"\b\d+\b", passage.text)) - {place[0]})
    new = chance.choice(others) if others else str(int(place[0]) + 3)
    return sentence[: place.start()] + new + sentence[place.end() :]


def other_name(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """One name becomes another name of the passage."""
    names = [word for word in words_of(sentence, passage.language) if word.is_name and word.raw.isalpha()]
    others = {
        word.raw
        for word in words_of(passage.text, passage.language)
        if word.is_name and word.raw.isalpha() and word.key not in {name.key for name in names}
    }
    if not names or not others:
        return None
    old = chance.choice(names).raw
    return re.sub(
        rf"\b{re.escape(old)}\b", chance.choice(sorted(others)).capitalize(), sentence, count=1, flags=re.I
    )


def invented_policy(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """A promise is added."""
    return sentence.rstrip(".") + POLICIES[passage.language] + "."


def other_word(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """A telling word becomes one of another sentence of the passage."""
    ours = [
        word
        for word in words_of(sentence, passage.language)
        if tells(word, passage.language) and not word.is_number and word.raw.isalpha() and len(word.raw) > 3
    ]
    theirs = sorted(
        {
            word.raw
            for word in words_of(passage.text, passage.language)
            if tells(word, passage.language) and word.raw.isalpha() and len(word.raw) > 3
        }
        - {word.raw for word in words_of(sentence, passage.language)}
    )
    theirs = [word for word in theirs if words_of(word, passage.language)[0].key not in {w.key for w in ours}]
    if not ours or not theirs:
        return None
    old = chance.choice(ours).raw
    return re.sub(rf"\b{re.escape(old)}\b", chance.choice(theirs), sentence, count=1, flags=re.I)


def denied(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """English: what is affirmed is denied, or the other way round."""
    if passage.language != "en":
        return None
    if any(word.raw in NEGATIONS for word in words_of(sentence, "en")):
        changed = re.sub(r"\b(?:not |no |never )|n't\b", "", sentence, count=1)
    else:
        changed = re.sub(r"\b(is|are|can|will|has|have|does)\b", r"\1 not", sentence, count=1)
    return changed if changed != sentence else None


def condition_dropped(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """The clause that says when it holds is left out."""
    clauses = re.split(r"(?<=,)\s+", sentence)
    kept = [clause for clause in clauses if not set(clause.lower().split()[:1]) & CONDITIONS]
    if len(kept) == len(clauses) or not kept:
        return None
    changed = " ".join(kept).rstrip(",. ") + "."
    return changed[0].upper() + changed[1:]


def bound_dropped(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """ "up to 10" becomes "10", "only" goes."""
    bounds = "|".join(sorted(re.escape(word) for word in (BOUNDS - {"from", "about"}) | RESTRICTIONS))
    changed = re.sub(rf"\b(?:{bounds})\b(?: (?:to|than|at))?\s*(?=\d)", "", sentence, count=1, flags=re.I)
    if changed == sentence:
        changed = re.sub(r"\b(?:only|nur|seulement|soltanto|solo)\b\s*", "", sentence, count=1)
    return changed if changed != sentence else None


def word_for_word(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """As it stands."""
    return sentence


def with_verdict(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """As the answer to a yes-or-no question, from a list."""
    return f"- {sentence}"


def ending_left_out(sentence: str, passage: Passage, chance: random.Random) -> str | None:
    """Without its last part, where that only adds ("..., and parking is free")."""
    head, comma, tail = sentence.rpartition(", and ")
    if not comma or len(head.split()) < 5 or any(word.is_number for word in words_of(tail, passage.language)):
        return None
    return head + "."


TRUE: dict[str, Made] = {
    "word_for_word": word_for_word,
    "in_a_list": with_verdict,
    "shorter": ending_left_out,
}
FALSE: dict[str, Made] = {
    "other_number": other_number, "other_name": other_name, "invented_policy": invented_policy,
    "other_word": other_word, "denied": denied, "condition_dropped": condition_dropped,
    "bound_dropped": bound_dropped,
}  # fmt: skip


def sentences_of(passage: Passage) -> list[str]:
    """Whole sentences that claim something."""
    found = [" ".join(passage.text[place.start : place.end].split()) for place in spans(passage.text)]
    return [one for one in found if one.endswith(".") and 5 <= len(one.split()) <= 40 and "`" not in one]


def measure(by_language: dict[str, list[Passage]]) -> dict[str, dict[str, tuple[int, int]]]:
    """For each language and kind of sentence, how many were judged and how many let through."""
    chance = random.Random(5)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    missed = []
    for language, known in by_language.items():
        told = [(sentence, passage) for passage in known for sentence in sentences_of(passage)]
        chance.shuffle(told)
        counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for sentence, passage in told[:MOST]:
            beside = [passage, *chance.sample(known, min(4, len(known)))]
            for name, make in (TRUE | FALSE).items():
                made = make(sentence, passage, chance)
                if made is None:
                    continue
                through = isinstance(Grounds(beside, language).judge(made), Supported)
                judged, passed = counts[name]
                counts[name] = judged + 1, passed + through
                if through is (name in FALSE):
                    missed.append({"kind": name, "language": language, "made": made, "from": sentence})
        found[language] = dict(counts)
    OUT.mkdir(exist_ok=True)
    (OUT / "grounding_missed.jsonl").write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in missed), encoding="utf-8"
    )
    return found


def main() -> None:
    """Print the rates by kind and language."""
    found = measure(passages())
    for language, counts in found.items():
        for name, (judged, passed) in counts.items():
            word = "let through" if name in FALSE else "kept"
            print(f"{language} {name:18} {passed:4} of {judged:4} {word} ({passed / judged:.1%})")
    for names, title in ((FALSE, "fabrications caught"), (TRUE, "true sentences kept")):
        pairs = [pair for counts in found.values() for name, pair in counts.items() if name in names]
        judged, passed = (sum(column) for column in zip(*pairs, strict=True))
        rate = 1 - passed / judged if names is FALSE else passed / judged
        print(f"{title}: {rate:.1%} of {judged}")
    (OUT / "grounding.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
