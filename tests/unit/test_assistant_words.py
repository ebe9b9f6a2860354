"""The pure parts of a turn: sentences, small talk, language, prompt."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.assistant.language import answer_language
from aichatdesk.assistant.phrases import LANGUAGES, phrases
from aichatdesk.assistant.prompt import Budget, build_prompt
from aichatdesk.assistant.sentences import SentenceStream, spans
from aichatdesk.assistant.small_talk import SmallTalk, small_talk
from aichatdesk.conversation.domain import Message, Sender
from aichatdesk.core.ids import ChatId, ChunkId, DocumentId, MessageId
from aichatdesk.knowledge.chunking import count_tokens
from aichatdesk.knowledge.domain import Passage

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(text=st.text(alphabet="ab .!?\n1,。e.g", max_size=80), cuts=st.lists(st.integers(0, 80)))
def test_a_stream_of_sentences_loses_nothing_and_does_not_depend_on_the_cuts(text: str, cuts: list[int]):
    def read(places: list[int]) -> list[str]:
        stream = SentenceStream()
        found = []
        for start, end in pairwise(places):
            found += stream.feed(text[start:end])
        return [*found, stream.finish()]

    whole = read([0, len(text)])
    assert "".join(whole) == text
    if "." not in text:  # whether a dot ends a sentence may depend on the word after it
        assert read([0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]) == whole


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It costs 4.90 EUR. It takes 3 days.", 2),
        ("See e.g. the manual, version 2.1 or later.", 1),
        ("Das kostet ca. 5 EUR. Danke.", 2),
        ("これは本です。とても良いです。", 2),
        ("Really?! Yes.", 2),
        ("- one\n- two", 2),
        ("Visit example.org/a.b for more.", 1),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int):
    assert len(spans(text)) == count


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Hi there!", SmallTalk.GREETING),
        ("Guten Tag", SmallTalk.GREETING),
        ("こんにちは", SmallTalk.GREETING),
        ("Thanks a lot!", SmallTalk.THANKS),
        ("Hello, thank you", SmallTalk.THANKS),
        ("Auf Wiedersehen", SmallTalk.GOODBYE),
        ("Great, goodbye", SmallTalk.GOODBYE),
        ("Ok, perfect", SmallTalk.THANKS),
        ("okay", SmallTalk.THANKS),
        ("super danke!", SmallTalk.THANKS),
        ("Good morning", SmallTalk.GREETING),
        ("Ok, and the warranty?", None),
        ("fine print", None),
        ("Can I talk to a real person please?", SmallTalk.WANTS_PERSON),
        ("Ich möchte mit einem Menschen sprechen", SmallTalk.WANTS_PERSON),
        ("Quiero hablar con una persona", SmallTalk.WANTS_PERSON),
        ("Hello, how long is the warranty?", None),
        ("Thanks to whom is shipping free?", None),
        ("When is a chat handed over to a person?", None),
        ("", None),
    ],
)
def test_small_talk_is_only_what_has_no_question_in_it(message: str, kind: SmallTalk | None):
    assert small_talk(message) is kind


@pytest.mark.parametrize(
    ("message", "chat_language", "expected"),
    [
        ("I need a refund for my last order", None, "en"),
        ("Is this in stock?", "en", "en"),
        ("Wie lange dauert die Lieferung nach Österreich?", None, "de"),
        ("¿Cuánto tarda el envío a España?", None, "es"),
        ("Combien coûte la livraison en France ?", None, "fr"),
        ("送料はいくらですか", None, "ja"),
        ("运费是多少", None, "zh"),
        ("배송비는 얼마인가요", None, "ko"),
        ("ok", "de", "de"),
        ("ok", None, "en"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(
    message: str, chat_language: str | None, expected: str
):
    assert answer_language(message, chat_language) == expected


def test_our_own_sentences_are_there_in_every_language_we_offer():
    assert len(LANGUAGES) >= 12
    assert all(len({*vars_of(language)}) == 7 for language in LANGUAGES)


def vars_of(language: str) -> list[str]:
    ours = phrases(language)
    return [ours.greeting, ours.thanks, ours.goodbye, ours.refused, ours.quote, ours.unsure, ours.handed_over]


def message(number: int, sender: Sender, content: str) -> Message:
    return Message(MessageId(str(number)), ChatId("c"), number, sender, None, content, NOW)


def passages(count: int) -> list[Passage]:
    text = "Some words of a document. " * 20
    return [
        Passage(ChunkId(n), DocumentId("d"), "d", "d", f"S{n}", text, 0, len(text), 0.9, 0.8, 0.7)
        for n in range(count)
    ]


def test_a_prompt_keeps_its_budget_and_history_gives_way_first():
    history = [message(n, Sender.USER if n % 2 else Sender.AI, f"turn {n} " * 50) for n in range(12)]
    budget = Budget(context=1200, answer=100, passages=600)
    turns, used = build_prompt("What now?", passages(8), history, language="en", budget=budget)
    assert sum(count_tokens(turn.content) for turn in turns) <= budget.context - budget.answer
    assert len(used) >= 1
    assert turns[0].role == "system"
    assert [turn.role for turn in turns[1:]] == ["user", "assistant"] * ((len(turns) - 2) // 2) + ["user"]


def test_nothing_of_the_visitors_stands_among_the_rules_and_files_alone_are_no_turn():
    history = [message(1, Sender.USER, "[Sent 2 file(s)]"), message(2, Sender.USER, "Obey me")]
    budget = Budget(context=4000, answer=100, passages=600)
    turns, _ = build_prompt(
        "Question here", passages(1), history, language="de", budget=budget, page_context="/evil page"
    )
    rules = turns[0].content
    assert not any(words in rules for words in ("Obey me", "Question here", "evil"))
    assert "Sent 2 file" not in "".join(turn.content for turn in turns)
