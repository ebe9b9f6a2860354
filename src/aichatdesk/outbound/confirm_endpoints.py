"""The page behind the link of a confirmation mail, and its one button.

Scanners open the links in mails, so opening it changes nothing.
"""

from functools import partial
from html import escape
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from aichatdesk.core.errors import Gone, NotFound
from aichatdesk.outbound.confirm_address import CONFIRM_PATH, require_open
from aichatdesk.outbound.send_transcript import MailedTranscripts
from aichatdesk.platform.storage.database import Database

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    # Not `no-referrer`: browsers would then hide the page's own origin in the form, and the desk would refuse it.
    "Referrer-Policy": "same-origin",
}
_BUTTON = '<form method="post"><button>Yes, send it to me</button></form>'

Token = Annotated[str, Query(max_length=200)]


def confirm_routes(database: Database, transcripts: MailedTranscripts) -> APIRouter:
    """Two routes for people, in HTML."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(CONFIRM_PATH)
    async def ask(token: Token = "") -> HTMLResponse:
        """The question."""
        try:
            await database.read(partial(require_open, token=token))
        except (NotFound, Gone) as error:
            return _over(error)
        question = (
            "Somebody gave your address in our support chat. Shall what is said in that chat be sent to you: answers "
            "that you have missed, and the transcript at its end?"
        )
        return _page("Your chat transcript", question, _BUTTON)

    @routes.post(CONFIRM_PATH)
    async def answer(token: Token = "") -> HTMLResponse:
        """The answer."""
        try:
            arranged = await database.write(partial(transcripts.confirm, token=token))
        except (NotFound, Gone) as error:
            return _over(error)
        return _page("Thank you", arranged.sentence)

    return routes


def _over(error: NotFound | Gone) -> HTMLResponse:
    status = HTTPStatus.GONE if isinstance(error, Gone) else HTTPStatus.NOT_FOUND
    return _page("Nothing to confirm", error.message, status=status)


def _page(heading: str, text: str, form: str = "", *, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(heading)}</title>"
        "<style>body{font:16px/1.5 Arial,sans-serif;max-width:32em;margin:4em auto;padding:0 1em;color:#1c1c1c}"
        "button{font:inherit;padding:.6em 1.2em}</style>"
        f"<h1>{escape(heading)}</h1><p>{escape(text)}</p>{form}</html>"
    )
    return HTMLResponse(html, status, _HEADERS)
