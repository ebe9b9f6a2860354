"""The checklist of the migration tells of no step that it cannot be taken when it can, and of none that it can when not."""

import re
from pathlib import Path
from typing import Any

import typer.main

from aichatdesk.entry.cli.main import app

STEPS = Path(__file__).parents[2] / "web/dashboard/migration/steps.ts"
STEP = re.compile(r'command: "aichatdesk (?P<words>[^"]+)",\n(?P<now>    now: )?')


def there_is(words: list[str]) -> bool:
    command: Any = typer.main.get_command(app)
    for word in words:
        if word.isupper():  # what the command is given
            return True
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            return False
    return True


def test_no_step_is_said_to_come_later_that_is_there_and_none_to_be_there_that_is_not():
    steps = list(STEP.finditer(STEPS.read_text()))
    assert len(steps) == 11
    told = {step["words"]: step["now"] is not None for step in steps}
    assert told == {words: there_is(words.split()) for words in told}
