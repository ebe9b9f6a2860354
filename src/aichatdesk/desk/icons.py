"""Icons of categories and teams: exactly one emoji, as older pages put them into their HTML as they are."""

from functools import cache

from aichatdesk.core.errors import Invalid

# A skin tone or a hair style alone is no picture.
_PART_OF_ONE = 1


def one_emoji(text: str) -> str | None:
    """The emoji that a text consists of; None if it is anything else."""
    found = text.strip()
    return found if found in _known() else None


def checked_icon(value: object) -> str:
    """The icon that a person chose, or nothing; raises `Invalid`."""
    if value is None or value == "":
        return ""
    icon = one_emoji(value) if isinstance(value, str) else None
    if icon is None and not (isinstance(value, str) and not value.strip()):
        raise Invalid("icon must be one emoji.", field="icon")
    return icon or ""


@cache
def _known() -> frozenset[str]:
    import emoji  # its table takes a while to load, and few calls need it

    return frozenset(sign for sign, told in emoji.EMOJI_DATA.items() if told["status"] != _PART_OF_ONE)
