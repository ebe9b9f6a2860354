"""A model's sentence reaches a visitor only if a passage says it; every row here was once a way to lie."""

import pytest

from aichatdesk.assistant.grounding import Citation, Grounds, Supported, Unsupported
from aichatdesk.core.ids import ChunkId, DocumentId
from aichatdesk.knowledge.domain import Passage


def passage(text: str, section: str = "", language: str = "en") -> Passage:
    return Passage(
        ChunkId(1),
        DocumentId("d"),
        "doc",
        "doc",
        section,
        text,
        100,
        100 + len(text),
        0.9,
        0.8,
        0.7,
        language,
    )


def judge(
    sentence: str,
    passages: list[Passage],
    language: str,
    question: str = "",
    before: Citation | None = None,
) -> Supported | Unsupported:
    return Grounds(passages, language, question).judge(sentence, before)


WARRANTY = passage(
    "The warranty of the Fernhill Mini and the Fernhill Studio lasts 3 years. The warranty of the Fernhill Rack "
    "lasts 5 years. The Fernhill Dock and the Fernhill Headset have a warranty of 2 years, and spare parts have "
    "1 year. The time begins on the day of delivery.",
    "Warranty and repair › How long the warranty lasts",
)
SHIPPING = passage(
    "Standard shipping costs 4.90 EUR and takes 2 to 3 working days. Express shipping costs 14.90 EUR. "
    "We do not ship to post boxes. Orders over 150 EUR ship free. You can collect an order in the showroom.",
    "Shipping",
)
SERVES = passage(
    "The Fernhill Studio costs 1,890 EUR. It serves up to 10 visitors at once. Its fan makes at most 28 dB."
)
GERMAN = passage(
    "Sie können ein Gerät innerhalb von 30 Tagen nach der Lieferung zurückgeben. Ersatzteile können nicht "
    "zurückgegeben werden.",
    "Rückgabe",
    "de",
)
PLANS = passage(
    "The Plus plan includes everything in Basic, telephone support during opening hours and a machine on loan.",
    "Support plans › Plus",
)
MEMORY = passage("The memory of the Fernhill Mini cannot be extended. The Mini costs 690 EUR.")
CONDITIONS = passage(
    "If a machine does not start within 14 days of delivery, we replace it with a new one at once. "
    "A training costs 120 EUR for up to 8 people. The delivery address can be changed until the parcel has left. "
    "Express shipping is offered within Germany only. A steady green light means that the machine is ready.",
    "First start and orders",
)

TRUE = [
    (WARRANTY, "The warranty of the Fernhill Rack lasts 5 years."),
    (WARRANTY, "The Fernhill Rack warranty lasts 5 years."),
    (WARRANTY, "The warranty of the Fernhill Mini lasts three years."),
    (WARRANTY, "Yes, the warranty of the Fernhill Rack lasts 5 years."),
    (SHIPPING, "Standard shipping takes 2 to 3 working days."),
    (SHIPPING, "Express shipping costs 14,90 EUR."),
    (SHIPPING, "Orders over 150 EUR ship free."),
    (SHIPPING, "We don't ship to post boxes."),
    (SHIPPING, "- You can collect your order in the showroom."),
    (SERVES, "It serves up to 10 visitors at once."),
    (SERVES, "The Fernhill Studio costs 1890 EUR."),
    (PLANS, "The Plus plan includes telephone support during opening hours."),
    (CONDITIONS, "A training costs 120 EUR for up to 8 people."),
    (CONDITIONS, "The delivery address can be changed until the parcel has left."),
    (CONDITIONS, "If a machine does not start within 14 days of delivery, we replace it at once."),
    (GERMAN, "Sie können ein Gerät innerhalb von 30 Tagen nach der Lieferung zurückgeben."),
]
FALSE = [
    ("another number", WARRANTY, "The warranty of the Fernhill Rack lasts 3 years."),
    ("another number", WARRANTY, "The warranty of the Fernhill Mini lasts 5 years."),
    ("a number from the next sentence", WARRANTY, "The Fernhill Rack has a warranty of 2 years."),
    (
        "numbers of others, twice",
        WARRANTY,
        "The Fernhill Rack has a warranty of 2 years, and the Fernhill Rack has a warranty of 1 year.",
    ),
    ("a number of another part", WARRANTY, "The Fernhill Dock has a warranty of 1 year."),
    ("an unknown name", WARRANTY, "The warranty of the Fernhill Tower lasts 5 years."),
    ("an invented number", WARRANTY, "The warranty of the Fernhill Rack lasts 10 years."),
    ("another unit", WARRANTY, "The warranty of the Fernhill Rack lasts 5 months."),
    ("the price of the other", SHIPPING, "Express shipping costs 4.90 EUR."),
    ("the price of the other", SHIPPING, "Standard shipping costs 14.90 EUR."),
    ("another currency", SHIPPING, "Standard shipping costs $4.90."),
    ("no longer denied", SHIPPING, "We do ship to post boxes."),
    ("now denied", SHIPPING, "Standard shipping does not cost 4.90 EUR."),
    ("a bound left out", SHIPPING, "Orders of 150 EUR ship free."),
    ("a bound left out", SERVES, "It serves 10 visitors at once."),
    ("an added clause", SHIPPING, "Express shipping costs 14.90 EUR and includes insurance."),
    ("an invented policy", SHIPPING, "You can pay in the showroom with cash."),
    ("an only", SHIPPING, "You can only collect an order in the showroom."),
    ("a question", SHIPPING, "Does standard shipping cost 4.90 EUR?"),
    ("a bare figure", SHIPPING, "The answer is 4.90 EUR."),
    ("a heading", SHIPPING, "Shipping › Standard shipping costs 4.90 EUR and takes 2 to 3 working days."),
    (
        "another's offer",
        PLANS,
        "The Basic plan includes everything in Basic, telephone support during opening hours.",
    ),
    ("a plan left open", PLANS, "The plan includes telephone support during opening hours."),
    (
        "a condition left out",
        CONDITIONS,
        "If a machine does not start, we replace it with a new one at once.",
    ),
    ("a condition left out", CONDITIONS, "We replace a machine with a new one at once."),
    ("a bound left out", CONDITIONS, "A training costs 120 EUR."),
    ("an end left out", CONDITIONS, "The delivery address can be changed."),
    ("an only left out", CONDITIONS, "Express shipping is offered within Germany."),
    ("a word of the title", CONDITIONS, "A steady green light means that the machine is ready to start."),
    ("a title", CONDITIONS, "First start and orders"),
    ("a clause alone", CONDITIONS, "When the machine is ready."),
    ("a part's lack told of the whole", MEMORY, "The Fernhill Mini cannot be extended."),
    ("markup", CONDITIONS, "<b>A steady green light</b> means that the machine is ready."),
    ("words in disorder", CONDITIONS, "The ready machine a green light means steady that is."),
    ("filler", SHIPPING, "I am happy to help!"),
    ("no longer denied", GERMAN, "Ersatzteile können zurückgegeben werden."),
    ("another number", GERMAN, "Sie können ein Gerät innerhalb von 14 Tagen zurückgeben."),
]


@pytest.mark.parametrize(("source", "sentence"), TRUE)
def test_a_sentence_that_the_passage_says_is_let_through_and_cited(source: Passage, sentence: str):
    verdict = judge(sentence, [source], source.language)
    assert isinstance(verdict, Supported), verdict
    cited = verdict.citation
    start = cited.start - source.start
    assert source.text[start : start + len(cited.quote)] == cited.quote


@pytest.mark.parametrize(("lie", "source", "sentence"), FALSE)
def test_a_sentence_that_the_passage_does_not_say_is_stopped(lie: str, source: Passage, sentence: str):
    assert not isinstance(judge(sentence, [source], source.language), Supported), lie


def test_a_true_sentence_about_something_else_is_no_answer():
    rows = passage("Fernhill Dock | 2 years |\nFernhill Rack | 5 years |", "Warranty")
    question = "How long is the warranty on the rack?"
    assert not isinstance(judge("Fernhill Dock: 2 years.", [rows], "en", question), Supported)
    assert isinstance(judge("Fernhill Rack: 5 years.", [rows], "en", question), Supported)


def test_a_question_for_a_quantity_is_not_answered_without_one():
    plan = passage("The Plus plan includes telephone support. The Plus plan costs 19 EUR per month.")
    question = "How much is the Plus plan per month?"
    assert not isinstance(
        judge("The Plus plan includes telephone support.", [plan], "en", question), Supported
    )
    assert isinstance(judge("The Plus plan costs 19 EUR per month.", [plan], "en", question), Supported)


def test_an_open_question_is_not_answered_with_its_own_words():
    question = "When do people answer the chat on Saturday?"
    hours = passage("People answer the chat on Saturday from 10:00 to 14:00.")
    assert not isinstance(judge("People answer the chat on Saturday.", [hours], "en", question), Supported)


def test_a_question_for_a_time_is_answered_with_one():
    refunds = passage(
        "We refund within 7 working days. The refund goes to the means of payment that you used.", "Refunds"
    )
    question = "When will I get my refund?"
    elsewhere = "The refund goes to the means of payment that you used."
    assert not isinstance(judge(elsewhere, [refunds], "en", question), Supported)
    assert isinstance(judge("We refund within 7 working days.", [refunds], "en", question), Supported)


def test_what_goes_on_from_a_supported_sentence_need_not_repeat_the_question():
    orders = passage("Companies can buy on invoice. The first order is paid in advance.", "Paying")
    question = "Can our company buy on invoice?"
    first = judge("Companies can buy on invoice.", [orders], "en", question)
    assert isinstance(first, Supported)
    more = "The first order is paid in advance."
    assert not isinstance(judge(more, [orders], "en", question), Supported)
    assert isinstance(judge(more, [orders], "en", question, first.citation), Supported)


def test_another_passage_may_be_more_to_the_point_than_the_one_that_was_shown():
    payment = passage("If a card payment is declined, the order stays open for 48 hours.", "Payment")
    cancelling = passage(
        "An order can be cancelled free of charge until it has left our warehouse.", "Orders"
    )
    question = "Until when can I cancel an order free of charge?"
    sentence = "If a card payment is declined, the order stays open for 48 hours."
    grounds = Grounds([payment], "en", question, found=[payment, cancelling])
    assert not isinstance(grounds.judge(sentence), Supported)


def test_where_it_is_not_sure_a_sentence_must_speak_of_most_of_the_question():
    showroom = passage("The showroom is open Tuesday to Friday.", "Showroom")
    question = "Are dogs allowed in the showroom?"
    sentence = "The showroom is open Tuesday to Friday."
    assert isinstance(Grounds([showroom], "en", question).judge(sentence), Supported)
    assert not isinstance(Grounds([showroom], "en", question, wholly=True).judge(sentence), Supported)


def test_it_means_in_the_answer_what_it_means_in_the_passage():
    text = (
        "Shipping within Germany costs 4.90 EUR. Shipping to France costs 9.90 EUR. It takes 4 to 6 days.\n"
        "Shipping within Germany is free for orders of 150 EUR or more.\n- The file is not what its name says."
    )
    grounds = Grounds([passage(text)], "en", "What does shipping cost?")
    first = grounds.judge("Shipping to France costs 9.90 EUR.")
    assert isinstance(first, Supported)
    assert isinstance(grounds.judge("It takes 4 to 6 days.", first.citation), Supported)
    assert not isinstance(
        grounds.judge("It is free for orders of 150 EUR or more.", first.citation), Supported
    )
    assert not isinstance(grounds.judge("The file is not what its name says.", first.citation), Supported)
