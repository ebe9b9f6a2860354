"""How the widget looks and what it asks: the desk setting `widget`, one object, checked name by name."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from aichatdesk.conversation.domain import Asked
from aichatdesk.core.errors import Invalid
from aichatdesk.core.text import clean, shorten

KEY = "widget"
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")
# What older pages and people wrote under names of their own, before there was one object.
_OLDER_NAMES = {"company": "companyName", "greeting": "greeting", "privacyUrl": "privacyUrl"}


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value):
        raise ValueError("must be a colour such as #0b6e5f")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("must be a language such as de or pt-BR")
    return value


def web_address(value: str) -> str:
    """The address, which becomes a link; raises `ValueError` for one that is neither http nor https."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or _CONTROLS.search(value):
        raise ValueError("must be an http:// or https:// address")
    return value


def _text(value: str) -> str:
    return clean(value).strip()


Color = Annotated[str, AfterValidator(_color)]
Language = Annotated[str, AfterValidator(_language)]
WebAddress = Annotated[str, Field(max_length=500), AfterValidator(web_address)]
Line = Annotated[str, Field(max_length=80), AfterValidator(_text)]
Sentence = Annotated[str, Field(max_length=500), AfterValidator(_text)]
Question = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormSettings(_Strict):
    """What a visitor is asked for before a chat begins."""

    name: Asked = "required"
    email: Asked = "required"
    question: Asked = "hidden"


class FeatureSettings(_Strict):
    """What the owner has switched off; what the desk cannot do is off whatever this says."""

    attachments: StrictBool = True
    calls: StrictBool = True
    transcript: StrictBool = True
    rating: StrictBool = True


class WidgetSettings(_Strict):
    """Everything that can be set; null is the same as not set."""

    company: Line | None = None
    title: Line | None = None
    greeting: Sentence | None = None
    color: Color | None = None
    position: Literal["right", "left"] | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    language: Language | None = None
    privacyUrl: WebAddress | None = None  # noqa: N815 - the wire's own spelling
    away: Sentence | None = None
    form: FormSettings | None = None
    questions: Annotated[list[Question], Field(max_length=4)] | None = None
    features: FeatureSettings | None = None


def checked_widget(value: Any) -> WidgetSettings:
    """The setting as it may be stored; null is one without anything set.

    Raises:
        Invalid: A field is unknown or has another form; `field` names it.
    """
    try:
        return WidgetSettings.model_validate({} if value is None else value)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = ".".join([KEY, *(str(part)[:64] for part in problem["loc"])])
        raise Invalid(f"{name}: {_told(problem['type'], problem['msg'])}.", field=name) from error


def widget_settings(settings: Mapping[str, Any]) -> WidgetSettings:
    """What the settings say of the widget; the older names count where the object says nothing."""
    try:
        found = checked_widget(settings.get(KEY))
    except Invalid:  # stored before it was checked
        found = WidgetSettings()
    older = {
        name: _usable(name, settings[key])
        for name, key in _OLDER_NAMES.items()
        if getattr(found, name) is None and key in settings
    }
    return found.model_copy(update=older)


def _usable(name: str, value: Any) -> str | None:
    """An older value, shortened to what fits; None where it is no text, or could not be shown."""
    if not isinstance(value, str) or not value.strip():
        return None
    longest = {"company": 80, "greeting": 500}.get(name)
    text = shorten(_text(value), longest) if longest else value.strip()
    try:
        return str(getattr(checked_widget({name: text}), name))
    except Invalid:
        return None


def _told(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "is no field of it"
        case "model_type" | "model_attributes_type":
            return "must be an object"
    sentence = message.removeprefix("Value error, ")
    return sentence[0].lower() + sentence[1:]
