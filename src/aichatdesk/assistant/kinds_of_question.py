"""What kind of question a visitor has, by the words of it."""

import re
from collections.abc import Sequence

GENERAL = "general"
_FEWEST = 2
# In the order that decides a tie.
_WORDS = {
    "bug_report": "bug broken crash crashes error errors exception fail fails failed failing freeze freezes glitch"
    " stuck wrong".split(),
    "technical": "api bug connect connection crash error install issue load login network not-working offline"
    " password problem reset server setup slow technical timeout update upgrade working".split(),
    "billing": "bill billing card charge charged cost cancel discount invoice money paid pay payment plan price"
    " pricing receipt refund refunded subscription tax vat".split(),
    "feature_request": "add could feature features idea improve integrate request support suggest suggestion wish"
    " would-like".split(),
}
_WORD = re.compile(r"[a-z]+")


def kind_of_question(messages: Sequence[str]) -> str:
    """billing, technical, feature_request, bug_report or general; whole words count, each once a message."""
    words = [set(_WORD.findall(message.lower())) for message in messages]
    hits = {kind: sum(word in said for said in words for word in known) for kind, known in _WORDS.items()}
    best = max(hits, key=lambda kind: hits[kind])
    return best if hits[best] >= _FEWEST else GENERAL
