"""How much one visitor may do, beside the limit on all requests of an address."""

from datetime import timedelta

from aichatdesk.platform.http.quota import Quota

_MINUTE = timedelta(minutes=1)


class VisitorQuotas:
    """Limits that grow with the one on all requests, `total` in a quarter of an hour, so that one setting rules all."""

    def __init__(self, total: int) -> None:
        self.chats = Quota(
            max(10, total // 5), timedelta(minutes=15), "Too many new chats from this address."
        )
        self.messages = Quota(max(20, total // 10), _MINUTE, "Too many messages in this chat.")
        self.judgements = Quota(max(10, total // 20), _MINUTE, "Too many changes in this chat.")
        self.typing = Quota(max(60, total // 10), _MINUTE, "Too many signs of typing in this chat.")
        self.questions = Quota(max(10, total // 20), _MINUTE, "Too many questions in this chat.")
