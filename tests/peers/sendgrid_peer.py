"""SendGrid's `POST /v3/mail/send` on the loopback: its checks of key and body, its answers, its faults.

Source: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and the error reference there.
"""

import base64
import binascii
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from peers.loopback_server import LoopbackServer

KEY = "SG.test-key"
SENDER = "support@desk.example"
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_RESERVED = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip
_KNOWN = {
    "personalizations", "from", "reply_to", "subject", "content", "attachments", "headers", "custom_args",
    "tracking_settings", "categories", "send_at", "mail_settings", "asm", "template_id",
}  # fmt: skip


class SendGridPeer(LoopbackServer):
    """Keeps what it accepted in `mails`, the body of each request."""

    def __init__(self) -> None:
        super().__init__([Route("/v3/mail/send", self._send, methods=["POST"])])
        self.mails: list[dict[str, Any]] = []
        self.requests = 0
        self.down = False

    def to(self, address: str) -> list[dict[str, Any]]:
        """The mails that one address got."""
        return [mail for mail in self.mails if recipient(mail) == address]

    async def _send(self, request: Request) -> Response:
        self.requests += 1
        if self.down:
            return JSONResponse({"errors": [{"message": "unavailable", "field": None, "help": None}]}, 503)
        if scripted := await self.scripted():
            return scripted
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse(
                _errors("The provided authorization grant is invalid, expired, or revoked"), 401
            )
        if request.headers.get("content-type") != "application/json":
            return JSONResponse(_errors("Content-Type should be application/json."), 415)
        mail = await request.json()
        if problem := _problem(mail):
            return JSONResponse(_errors(*problem), 400)
        if mail["from"]["email"] != SENDER:
            sentence = "The from address does not match a verified Sender Identity."
            return JSONResponse(_errors(sentence, "from"), 403)
        self.mails.append(mail)
        return Response(status_code=202, headers={"X-Message-Id": f"message-{len(self.mails)}"})


def recipient(mail: dict[str, Any]) -> str:
    return mail["personalizations"][0]["to"][0]["email"]


def part(mail: dict[str, Any], type_: str = "text/plain") -> str:
    return next(one["value"] for one in mail["content"] if one["type"] == type_)


def _errors(message: str, field_: str | None = None) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": field_, "help": None}]}


def _problem(mail: Any) -> tuple[str, str | None] | None:
    """The first thing that SendGrid would refuse, and the field that it names."""
    if not isinstance(mail, dict) or set(mail) - _KNOWN:
        return "Bad Request", None
    personalizations = mail.get("personalizations")
    if not isinstance(personalizations, list) or not 1 <= len(personalizations) <= 1000:
        return (
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        )
    for number, one in enumerate(personalizations):
        to = one.get("to")
        if not to:
            return (
                "The to array is required for all personalization objects.",
                f"personalizations.{number}.to",
            )
        for place, address in enumerate(to):
            if not _ADDRESS.fullmatch(str(address.get("email"))):
                return "Does not contain a valid address.", f"personalizations.{number}.to.{place}.email"
    if not _ADDRESS.fullmatch(str((mail.get("from") or {}).get("email"))):
        return "The from object must be provided for every email send.", "from.email"
    if "reply_to" in mail and not _ADDRESS.fullmatch(str(mail["reply_to"].get("email"))):
        return "Does not contain a valid address.", "reply_to.email"
    if not isinstance(mail.get("subject"), str) or not mail["subject"]:
        return "The subject is required.", "subject"
    return _content_problem(mail) or _attachment_problem(mail) or _header_problem(mail)


def _content_problem(mail: dict[str, Any]) -> tuple[str, str | None] | None:
    content = mail.get("content") or []
    types = [one.get("type") for one in content]
    if not content:
        return "Unless a valid template_id is provided, the content parameter is required.", "content"
    if any(not isinstance(one.get("value"), str) or not one["value"] for one in content):
        return "The content value must be a string at least one character in length.", "content.0.value"
    if "text/plain" in types and types[0] != "text/plain":
        return "If present, text/plain must be the first content type.", "content.0.type"
    return None


def _attachment_problem(mail: dict[str, Any]) -> tuple[str, str | None] | None:
    for number, one in enumerate(mail.get("attachments") or []):
        try:
            base64.b64decode(one["content"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            return "The attachment content must be base64 encoded.", f"attachments.{number}.content"
        if not one.get("filename") or re.search(r"[\r\n;]", one["filename"] + str(one.get("type", ""))[:20]):
            return "The filename cannot contain CRLF characters.", f"attachments.{number}.filename"
    return None


def _header_problem(mail: dict[str, Any]) -> tuple[str, str | None] | None:
    for name in mail.get("headers") or {}:
        if name.lower() in _RESERVED:
            return "The header is reserved.", f"headers.{name}"
    arguments = mail.get("custom_args") or {}
    if any(not isinstance(value, str) for value in arguments.values()):
        return "Custom arguments must be strings.", "custom_args"
    return None
