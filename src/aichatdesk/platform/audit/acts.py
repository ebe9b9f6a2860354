"""The acts that the audit list keeps, in the one table of their names."""

from enum import StrEnum


class Act(StrEnum):
    """What somebody did at the desk; every use case that does one notes it."""

    DESK_SET_UP = "desk.set_up"
    SIGNED_IN = "agent.signed_in"
    SIGN_IN_FAILED = "agent.sign_in_failed"
    SIGNED_OUT = "agent.signed_out"
    AGENT_CREATED = "agent.created"
    AGENT_SIGNED_UP = "agent.signed_up"
    AGENT_CHANGED = "agent.changed"
    AGENT_DEACTIVATED = "agent.deactivated"
    PASSWORD_CHANGED = "agent.password_changed"  # noqa: S105 - the name of an act
    PASSWORD_RESET = "agent.password_reset"  # noqa: S105 - the name of an act
    TEAM_CREATED = "team.created"
    TEAM_CHANGED = "team.changed"
    TEAM_DELETED = "team.deleted"
    INVITE_CREATED = "invite.created"
    INVITE_TAKEN_BACK = "invite.taken_back"
    CATEGORY_CREATED = "category.created"
    CATEGORY_CHANGED = "category.changed"
    CATEGORY_DELETED = "category.deleted"
    CANNED_RESPONSE_CREATED = "canned_response.created"
    CANNED_RESPONSE_CHANGED = "canned_response.changed"
    CANNED_RESPONSE_DELETED = "canned_response.deleted"
    SETTINGS_CHANGED = "settings.changed"
    DOCUMENT_ADDED = "document.added"
    DOCUMENT_EDITED = "document.edited"
    DOCUMENT_DELETED = "document.deleted"
    KNOWLEDGE_PUSHED = "knowledge.pushed"
    KNOWLEDGE_RE_EMBEDDED = "knowledge.re_embedded"
    GAP_ANSWERED = "gap.answered"
    GAP_DISMISSED = "gap.dismissed"
    SUGGESTION_ACCEPTED = "suggestion.accepted"
    SUGGESTION_REJECTED = "suggestion.rejected"
    CHAT_DELETED = "chat.deleted"
    MEETING_CALLED_OFF = "meeting.called_off"
    OUTBOX_RETRIED = "outbox.retried"
    OUTBOX_DISCARDED = "outbox.discarded"
