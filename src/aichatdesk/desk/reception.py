"""How the desk receives visitors: the form before a chat, and whether anybody is there."""

from aichatdesk.conversation.domain import Form
from aichatdesk.desk.desk_settings import all_settings
from aichatdesk.desk.presence import available_agents
from aichatdesk.desk.widget_settings import widget_settings
from aichatdesk.platform.storage.database import Transaction


class DeskReception:
    """The conversation room's port `Reception`, over the settings and the accounts."""

    def form(self, tx: Transaction) -> Form:
        """See `Reception.form`."""
        form = widget_settings(all_settings(tx)).form
        return Form(form.name, form.email, form.question) if form else Form()

    def is_staffed(self, tx: Transaction) -> bool:
        """See `Reception.is_staffed`."""
        return bool(available_agents(tx))
