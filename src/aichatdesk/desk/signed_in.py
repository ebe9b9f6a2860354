"""What somebody gets who has signed in: a token in the body, and as a cookie that scripts cannot read."""

from typing import Any

from fastapi import Request, Response

from aichatdesk.desk import shapes
from aichatdesk.desk.domain import Agent
from aichatdesk.desk.tokens import Tokens
from aichatdesk.platform.http.actor import COOKIE


class SignedIn:
    """Answers who has signed in; the cookie is for TLS alone where the desk's own address is."""

    def __init__(self, tokens: Tokens, *, secure_cookie: bool = False) -> None:
        self._tokens = tokens
        self._secure_cookie = secure_cookie

    def answer(self, agent: Agent, request: Request, response: Response) -> dict[str, Any]:
        """The body of the reply; the cookie is set on `response`."""
        token = self._tokens.issue(agent)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(self._tokens.life.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self._secure_cookie or request.url.scheme == "https",
            path="/",
        )
        return {"token": token, "agent": shapes.signed_in(agent)}
