"""What must hold of a chat after everything was written: pure comparison, each fault in a sentence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from aichatdesk.entry.selftest.observers import Observer


def faults_of(
    acknowledged: Sequence[str],
    log: Sequence[Mapping[str, Any]],
    fresh: Mapping[str, Any],
    listed: Sequence[Mapping[str, Any]],
    observers: Sequence[Observer],
) -> list[str]:
    """Every promise that is broken.

    Args:
        acknowledged: The messages that the desk has acknowledged, in the order of sending.
        log: The chat's whole log.
        fresh: A snapshot taken after the last message.
        listed: The messages as the older route lists them.
        observers: Who listened.
    """
    found = []
    numbers = [event["seq"] for event in log]
    if numbers != list(range(1, len(log) + 1)) or len(log) != fresh["seq"]:
        found.append(f"The log's numbers have a gap: {_first_gap(numbers)} of {fresh['seq']}.")
    told = [event["message"]["content"] for event in log if event["type"] == "message"]
    found += _of_texts("the log", acknowledged, told)
    found += _of_texts("the list", acknowledged, [message["content"] for message in listed])
    if told != [message["content"] for message in fresh["messages"]]:
        found.append("A snapshot and the log tell different messages.")
    for observer in observers:
        found += observer.faults
        if observer.view != fresh:
            found.append(f"What the {observer.over} had heard does not make the chat as it stands.")
        heard = [event["seq"] for event in observer.heard]
        if heard != sorted(set(heard)):
            found.append(f"The {observer.over} heard an event twice, or out of order.")
    return found


def _of_texts(where: str, acknowledged: Sequence[str], told: Sequence[str]) -> list[str]:
    found = []
    counted = Counter(told)
    lost = [text for text in acknowledged if not counted[text]]
    doubled = [text for text, times in counted.items() if times > 1]
    if lost:
        found.append(f"Acknowledged, but not in {where}: {len(lost)}, the first {lost[0]!r}.")
    if doubled:
        found.append(f"Twice in {where}: {len(doubled)}, the first {doubled[0]!r}.")
    ours = set(acknowledged)
    if not lost and not doubled and [text for text in told if text in ours] != list(acknowledged):
        found.append(f"In {where} the messages stand in another order than they were sent.")
    return found


def _first_gap(numbers: Sequence[int]) -> int:
    return next((place for place, number in enumerate(numbers, 1) if number != place), len(numbers))
