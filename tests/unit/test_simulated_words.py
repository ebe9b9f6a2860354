"""What the simulated Spark says: pieces of a text, an echo of the passages, instances of a schema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.inference.chat import ChatTurn
from aichatdesk.migration.simulate.chat_request import ChatRequest
from aichatdesk.migration.simulate.echo import echo_of
from aichatdesk.migration.simulate.replies import Refused
from aichatdesk.migration.simulate.schema_instance import instance_of
from aichatdesk.migration.simulate.word_pieces import cut_into_tokens

PASSAGES = (
    "=== a1 ===\nReturns\nYou can return a tent within 30 days of delivery.\n\nShipping\nShipping is free above 50 EUR. "
    "We send to the whole of Europe.\n=== a1 ===\n\nQuestion: "
)


def test_the_echo_says_what_the_passages_say_about_the_question_and_always_the_same():
    def asked(question: str) -> str:
        return echo_of(ChatRequest((ChatTurn("system", "Rules."), ChatTurn("user", PASSAGES + question))))

    assert asked("Is shipping free?").startswith("Shipping is free above 50 EUR.")
    assert asked("Is shipping free?") == asked("Is shipping free?")
    assert asked("Quantum physics") == "You asked: Quantum physics"
    assert echo_of(ChatRequest((ChatTurn("system", "Rules."),))) == "You asked: "


@given(st.text(max_size=200))
def test_pieces_of_a_text_give_the_text(text: str):
    pieces = cut_into_tokens(text)
    assert "".join(pieces) == text
    assert all(pieces)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
        ({"anyOf": [False, {"type": "null"}]}, None),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 7}}}, 7),
        (
            {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"type": "number"}}}]},
            {"a": 0.0},
        ),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": "string", "minLength": 6}, "text.."),
        ({"type": "string", "pattern": "^[0-9]{5}$"}, "12345"),
        ({"type": ["string", "null"], "format": "date"}, "2026-01-01"),
        ({"type": "integer", "exclusiveMinimum": 4}, 5),
        ({"type": "number", "maximum": -2}, -2.0),
    ],
)
def test_a_schema_gets_an_instance(schema: dict[str, Any], expected: object):
    assert instance_of(schema, "text") == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"type": "object", "required": 7},
        {"type": "object", "properties": [1]},
        {"type": "array", "minItems": 10**9},
        {"type": "array", "minItems": "many", "items": True},
        {"type": "string", "minLength": 10**9},
        {"type": "string", "pattern": "("},
        {"type": "string", "pattern": "^(a+)+$x"},
        {"allOf": 7},
        {"type": "number", "minimum": "x"},
        {
            "$defs": {"a": {"properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}}}},
            "$ref": "#/$defs/a",
        },
    ],
)
def test_a_schema_without_a_small_instance_is_refused_and_costs_nothing(schema: dict[str, Any]):
    with pytest.raises(Refused):
        instance_of(schema, "text")
