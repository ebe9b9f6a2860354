"""Which replies are worth a suggestion, what is quoted of a learned pair, and which messages sound angry."""

import pytest

from aichatdesk.assistant.anger import sounds_angry
from aichatdesk.assistant.quote import best_quotation
from aichatdesk.assistant.suggest_from_reply import worth_learning
from aichatdesk.core.ids import ChunkId, DocumentId
from aichatdesk.knowledge.domain import Passage

ANSWER = "You can return a lamp within 30 days."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("", ANSWER),
        ("Hello!", ANSWER),
        ("thank you", ANSWER),
        ("[Sent 2 file(s)]", ANSWER),
        ("I want to talk to a person", ANSWER),
        ("May I return a lamp?", "Hello, how are you?"),
        ("May I return a lamp?", "Yes."),
        ("May I return a lamp?", "Thank you very much!"),
        ("May I return a lamp?", "Hi! Could you tell me your order number, please?"),
        ("Kann ich die Lampe zurückgeben?", "Vielen Dank! Wie lautet Ihre Bestellnummer?"),
        ("May I return a lamp?", "x " * 1500),
    ],
)
def test_what_teaches_nothing_is_no_suggestion(question: str, answer: str):
    assert not worth_learning(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("May I return a lamp?", ANSWER),
        ("cannot log in", "Press reset twice, then choose a new password."),
        ("Where is it?", "Hi! It left yesterday and arrives on Friday. Anything else?"),
        ("返品できますか。", "商品到着後30日以内に返品できます。"),
    ],
)
def test_a_question_with_an_answer_is_one(question: str, answer: str):
    assert worth_learning(question, answer)


@pytest.mark.parametrize(
    "message",
    [
        "This is outrageous",
        "You are scammers, I will call my lawyer.",
        "WHERE IS MY PARCEL NOW",
        "Still nothing!!!",
        "What is this?!?!",
        "Das ist eine Frechheit.",
        "C'est une arnaque !",
        "¡Esto es una vergüenza!",
        "È una truffa.",
        "Isto é inaceitável.",
        "Dit is belachelijk.",
    ],
)
def test_an_angry_message_is_heard(message: str):
    assert sounds_angry(message)


@pytest.mark.parametrize(
    "message",
    [
        "Where is my parcel?",
        "Thanks a lot!!",
        "OK",
        "Is the USB HDMI ADAPTER with VAT in stock?",
        "DHL GLS UPS",
        "Do you have a suede lamp, or one for the classroom?",
        "Ich hätte gern die saure Lampe.",
        "I pursue a scholarship and like dampers.",
        "お急ぎください",
        "",
    ],
)
def test_an_ordinary_message_is_not(message: str):
    assert not sounds_angry(message)


@pytest.mark.parametrize(
    "text",
    [
        "Q: May I return the lamp?\nA: Yes, within 30 days. The label is in the box.",
        "Our racks are made of steel.\n\nMay I return the lamp? Yes, within 30 days. The label is in the box.",
    ],
)
def test_an_answer_is_quoted_and_not_the_question_before_it(text: str):
    passage = Passage(ChunkId(1), DocumentId("d"), "d", "d", "", text, 10, 10 + len(text), 1.0, 0.9, 1.0)
    citation = best_quotation("May I return the lamp?", [passage], "en")
    assert citation is not None
    assert citation.quote == "Yes, within 30 days. The label is in the box."
    assert text[citation.start - 10 : citation.end - 10] == citation.quote


def test_a_passage_that_only_asks_is_not_quoted():
    text = "May I return the lamp?"
    passage = Passage(ChunkId(1), DocumentId("d"), "d", "d", "", text, 0, len(text), 1.0, 0.9, 1.0)
    assert best_quotation("May I return the lamp?", [passage], "en") is None
