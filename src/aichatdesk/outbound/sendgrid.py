"""Send a mail through SendGrid's API, version 3.

Source: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx2

from aichatdesk.outbound.call_service import asked_pause, call_service, json_object, require_sendable, told
from aichatdesk.outbound.outbox import Item, NotNow, Rejected

_SERVICE = "SendGrid"
_WITHIN = timedelta(seconds=10)
# No counting pixels, and links that lead where they say.
_UNTRACKED: dict[str, Any] = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}


class SendGrid:
    """Sends items of kind `mail`; each carries its item's id, so that a repetition can be told."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        api_key: str,
        *,
        sender: str,
        sender_name: str,
        reply_to: str = "",
        within: timedelta = _WITHIN,
    ) -> None:
        self._client = client
        self._url = f"{base_url}/v3/mail/send"
        self._key = require_sendable("SENDGRID_API_KEY", api_key)
        self._from = {"email": sender} | ({"name": sender_name} if sender_name else {})
        self._reply_to = reply_to
        self._within = within

    async def __call__(self, item: Item) -> str | None:
        """SendGrid's name of the mail.

        Raises:
            NotNow: It cannot be sent now.
            Rejected: SendGrid will never take it.
        """
        response = await call_service(
            self._client,
            _SERVICE,
            "POST",
            self._url,
            within=self._within,
            json=self._message(item),
            headers={"Authorization": f"Bearer {self._key}"},
        )
        if response.status_code == HTTPStatus.ACCEPTED:
            return response.headers.get("x-message-id")
        raise self._failure(response)

    def _message(self, item: Item) -> dict[str, Any]:
        mail = item.payload
        to = {"email": mail["to"]} | ({"name": mail["to_name"]} if mail.get("to_name") else {})
        contents = (("text/plain", mail["text"]), ("text/html", mail["html"]))
        message: dict[str, Any] = {
            "personalizations": [{"to": [to]}],
            "from": self._from,
            "subject": mail["subject"],
            "content": [{"type": type_, "value": value} for type_, value in contents if value],
            "headers": {"X-AIChatDesk-Item": item.id},
            "custom_args": {"aichatdesk_item": item.id},
            "tracking_settings": _UNTRACKED,
        }
        if self._reply_to and self._reply_to != mail["to"]:
            message["reply_to"] = {"email": self._reply_to}
        if attachments := mail.get("attachments"):
            message["attachments"] = [
                {
                    "filename": one["filename"],
                    "type": one["type"],
                    "content": one["content_base64"],
                    "disposition": "attachment",
                }
                for one in attachments
            ]
        return message

    def _failure(self, response: httpx2.Response) -> NotNow | Rejected:
        status = response.status_code
        detail = told(_reasons(response), self._key)
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return NotNow(f"SendGrid does not know the key (401 {detail}); check SENDGRID_API_KEY.")
            case HTTPStatus.FORBIDDEN:
                return NotNow(
                    f"SendGrid does not allow this (403 {detail}); check that SENDGRID_API_KEY may send mail, "
                    "and that SENDGRID_FROM_EMAIL is a verified sender."
                )
            case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.REQUEST_TIMEOUT:
                pause = asked_pause(response, datetime.now(UTC))
                return NotNow(f"SendGrid asks us to wait ({status} {detail}).", pause)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Rejected(f"SendGrid refuses this mail ({status} {detail}).")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return NotNow(
                f"SendGrid has a fault ({status} {detail}).", asked_pause(response, datetime.now(UTC))
            )
        return NotNow(f"What answers is not SendGrid (status {status}, not 202); check SENDGRID_BASE_URL.")


def _reasons(response: httpx2.Response) -> str:
    """SendGrid's own words, with the field that each is about."""
    errors = json_object(response).get("errors")
    reasons = []
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict) and error.get("message"):
            field = f"{error['field']}: " if error.get("field") else ""
            reasons.append(f"{field}{error['message']}")
    return "; ".join(reasons) or response.reason_phrase
