"""What Microsoft Teams tells us, as the Bot Framework writes it, without a database or the network.

Source: https://github.com/microsoft/Agents/blob/main/specs/activity/protocol-activity.md
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from aichatdesk.core.errors import Invalid
from aichatdesk.core.text import clean

_Id = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_TAG = re.compile(r"</?at\b[^<>]{0,200}>")
_MOST_ENTITIES = 100


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Party(_Part):
    """A person, a bot, a conversation or a team."""

    id: _Id


class ChannelData(_Part):
    """What Teams alone adds."""

    team: Party | None = None


class Activity(_Part):
    """One message or press of a button; other kinds of activity say nothing to us."""

    type: _Id
    service_url: _Id = Field(alias="serviceUrl")
    channel_id: _Id = Field(alias="channelId")
    id: _Id | None = None
    name: str | None = None
    conversation: Party | None = None
    sender: Party | None = Field(None, alias="from")
    recipient: Party | None = None
    text: str | None = None
    entities: list[Any] | None = Field(None, max_length=_MOST_ENTITIES)
    value: Any = None
    channel_data: ChannelData | None = Field(None, alias="channelData")


class Heard(_Part):
    """What somebody said or pressed in one conversation.

    Attributes:
        roster: Whose list of members the person is on: the team, or the conversation itself.
        action, session_id: The button, and the chat that its card is about; empty for a message.
    """

    id: str
    conversation_id: str
    person_id: str
    roster: str
    text: str
    action: str = ""
    session_id: str = ""

    @property
    def key(self) -> str:
        """A name of this activity that fits where names are short; a repetition has the same."""
        return hashlib.sha256(f"{self.conversation_id}\n{self.id}".encode()).hexdigest()[:40]


def read_activity(body: object) -> Activity:
    """Raises `Invalid` unless the body has the fields of an activity."""
    try:
        return Activity.model_validate(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in problem["loc"]) or "body"
        raise Invalid(f"This is not an activity: {place}: {problem['msg'].lower()}.", field=place) from error


def heard_in(activity: Activity) -> Heard | None:
    """What a person said or pressed; None for an activity that asks for nothing.

    Raises:
        Invalid: It does not say who, where, or which it is.
    """
    action = _action(activity)
    if activity.type != "message" and not (activity.type == "invoke" and action):
        return None
    if not activity.id or not activity.conversation or not activity.sender:
        raise Invalid("This is not an activity: id, conversation and from are required.")
    team = activity.channel_data.team if activity.channel_data else None
    return Heard(
        id=activity.id,
        conversation_id=activity.conversation.id,
        person_id=activity.sender.id,
        roster=team.id if team else activity.conversation.id,
        text="" if action else _plain_text(activity),
        action=_word(action, "action"),
        session_id=_word(action, "sessionId"),
    )


def _action(activity: Activity) -> Mapping[str, Any]:
    """The data of a button: an Action.Submit comes as a message without text, an Action.Execute as an invoke."""
    value = activity.value
    if activity.type == "invoke":
        action = _object(value).get("action") if activity.name == "adaptiveCard/action" else None
        value = _object(action).get("data")
    return _object(value) if "action" in _object(value) else {}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value[:100] if isinstance(value, str) else ""


def _plain_text(activity: Activity) -> str:
    """The words alone: without the mention that a channel needs for a bot to hear of a message."""
    text = activity.text or ""
    for entity in activity.entities or []:
        mention = entity.get("text") if isinstance(entity, dict) else None
        if isinstance(mention, str) and mention and entity.get("type") == "mention":
            text = text.replace(mention, "" if _is_own(entity, activity) else _TAG.sub("", mention))
    return clean(text.replace("&nbsp;", " ").replace("\xa0", " ")).strip()


def _is_own(entity: Mapping[str, Any], activity: Activity) -> bool:
    mentioned = _object(entity.get("mentioned")).get("id")
    return activity.recipient is not None and mentioned == activity.recipient.id
