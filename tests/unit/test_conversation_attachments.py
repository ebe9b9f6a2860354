"""Which attachments a message may carry."""

from typing import Any

import pytest

from aichatdesk.conversation.attachments import checked_attachments
from aichatdesk.core.errors import Invalid

GOOD: dict[str, Any] = {"filename": "a.png", "url": "/uploads/a.png", "type": "image/png", "size": 1}


@pytest.mark.parametrize(
    "given",
    [
        {"url": "https://files.example.org/a.png?x=1"},
        {"url": "HTTP://files.example.org/a.png"},
        {"url": "/uploads/1700000000-a.png"},
        {"size": 0},
        {"filename": "Ä rechnung.pdf"},
    ],
)
def test_a_file_of_ours_or_on_the_web_is_kept_as_it_is(given: dict[str, Any]):
    assert checked_attachments([GOOD | given]) == (GOOD | given,)


def test_what_is_not_said_is_left_out():
    assert checked_attachments([{"filename": "a", "url": None, "path": "/etc"}, {"path": "/etc"}]) == (
        {"filename": "a"},
    )


@pytest.mark.parametrize(
    "given",
    [
        {"url": "javascript:alert(1)"},
        {"url": "JaVaScRiPt:alert(1)"},
        {"url": " javascript:alert(1)"},
        {"url": "java\nscript:alert(1)"},
        {"url": "\x01javascript:alert(1)"},
        {"url": "data:text/html,<script>alert(1)</script>"},
        {"url": "vbscript:x"},
        {"url": "file:///etc/passwd"},
        {"url": "//evil.example/a.png"},
        {"url": "/\\evil.example/a.png"},
        {"url": "https:/\\evil.example"},
        {"url": "https:"},
        {"url": "http://["},
        {"url": "/uploads/../api/agents/logout"},
        {"url": "/api/agents/logout"},
        {"url": "a.png"},
        {"url": ""},
        {"url": "https://x.example/" + "x" * 2000},
        {"url": 7},
        {"url": ["/uploads/a.png"]},
        {"filename": "x" * 256},
        {"filename": 7},
        {"type": "x" * 128},
        {"type": {}},
        {"size": -1},
        {"size": 10**13},
        {"size": 10**400},
        {"size": True},
        {"size": "1"},
        {"size": 1.5},
    ],
)
def test_a_field_that_could_harm_or_means_nothing_is_refused(given: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        checked_attachments([GOOD | given])
    assert next(iter(given)) in refused.value.message
