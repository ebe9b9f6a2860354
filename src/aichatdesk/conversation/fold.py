"""What a chat looks like after an event: a snapshot, moved on by the log, equals a fresh snapshot.

A snapshot is plain data as the wire has it: `seq`, `chat` and `messages`. This is the reference for every client that
keeps a chat on its screen, and what a delivery is checked against.
"""

from collections.abc import Callable, Mapping
from typing import Any

Snapshot = Mapping[str, Any]
_Change = Callable[[Snapshot, Mapping[str, Any]], Snapshot]
_LABELS = ("summary", "category", "priority", "sentiment", "notes", "categoryId", "flagged", "booking")
_VISITOR = ("userName", "userEmail", "emailVerified")
_SAID = ("id", "sender", "senderName", "content", "attachments", "sentAt")


def advance(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    """The snapshot after one more event of the same audience's log; one it has already changes nothing.

    Raises:
        ValueError: An event before this one is missing.
    """
    if event["seq"] <= snapshot["seq"]:
        return snapshot
    if event["seq"] > snapshot["seq"] + 1:
        raise ValueError(f"After event {snapshot['seq']} comes {snapshot['seq'] + 1}, not {event['seq']}.")
    change = _CHANGES.get(event["type"], _nothing)
    return {**change(snapshot, event), "seq": event["seq"]}


def _nothing(snapshot: Snapshot, _event: Mapping[str, Any]) -> Snapshot:
    return snapshot


def _message(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    said = {name: event["message"][name] for name in _SAID}
    return _with_message(snapshot, {**said, "isInternal": event["type"] == "note"})


def _begin_answer(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _with_message(
        snapshot,
        {
            "id": event["messageId"],
            "sender": "ai",
            "senderName": None,
            "content": "",
            "attachments": [],
            "citations": [],
            "state": "streaming",
            "confidence": None,
            "helpful": None,
            "feedbackComment": None,
            "isInternal": False,
            "sentAt": event["at"],
        },
    )


def _sentence(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    def add(answer: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "content": joined(answer["content"], event["text"]),
            "citations": [*answer["citations"], *event["citations"]],
        }

    return _changed_answer(snapshot, event, add)


def _finish(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    told = {name: event[name] for name in ("state", "confidence", "why") if name in event}
    return _changed_answer(snapshot, event, lambda _: told)


def _fail(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _changed_answer(snapshot, event, lambda _: {"state": "incomplete"})


def _judge(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    told = {"helpful": event["helpful"], "feedbackComment": event["comment"]}
    return _changed_answer(snapshot, event, lambda _: told)


def _rate(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, rating=event["rating"], ratingComment=event["comment"])


def _contact(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, userName=event["name"], userEmail=event["email"])


def _hand_over(snapshot: Snapshot, _event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, status="waiting", mode="human", agentName=None, agentId=None)


def _join(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    name, agent_id = event["agentName"], event["agentId"]
    return _with_chat(snapshot, status="active", mode="human", agentName=name, agentId=agent_id)


def _assign(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    agent = event["agent"]
    return _with_chat(snapshot, agentId=agent["id"] if agent else None)


def _return(snapshot: Snapshot, _event: Mapping[str, Any]) -> Snapshot:
    closed = snapshot["chat"]["status"] == "closed"
    status = "closed" if closed else "active"
    return _with_chat(snapshot, mode="ai", status=status, agentName=None, agentId=None)


def _end(snapshot: Snapshot, _event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, status="closed")


def _reopen(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, status=event["status"])


def _label(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    return _with_chat(snapshot, **{name: event[name] for name in (*_LABELS, *_VISITOR) if name in event})


def _with_chat(snapshot: Snapshot, **values: Any) -> Snapshot:
    """Only what this audience's snapshot shows is changed."""
    chat = snapshot["chat"]
    return {**snapshot, "chat": chat | {name: value for name, value in values.items() if name in chat}}


def _with_message(snapshot: Snapshot, message: Mapping[str, Any]) -> Snapshot:
    return {**snapshot, "messages": [*snapshot["messages"], message]}


def _changed_answer(
    snapshot: Snapshot,
    event: Mapping[str, Any],
    change: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Snapshot:
    messages = [
        {**one, **change(one)} if one["id"] == event["messageId"] else one for one in snapshot["messages"]
    ]
    return {**snapshot, "messages": messages}


def joined(before: str, text: str) -> str:
    """An answer's text with one more sentence."""
    if not before or before.endswith("\n") or text.startswith("\n"):
        return before + text
    return f"{before} {text}"


_CHANGES: Mapping[str, _Change] = {
    "message": _message,
    "note": _message,
    "sources": _begin_answer,
    "sentence": _sentence,
    "finished": _finish,
    "failed": _fail,
    "feedback": _judge,
    "rated": _rate,
    "contact": _contact,
    "handed_over": _hand_over,
    "agent_joined": _join,
    "assigned": _assign,
    "returned_to_ai": _return,
    "ended": _end,
    "reopened": _reopen,
    "labelled": _label,
    "flagged": _label,
}
