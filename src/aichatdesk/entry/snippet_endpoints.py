"""The HTTP route that writes the widget's snippet, for the designer in the dashboard."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from aichatdesk.core.access import Action
from aichatdesk.entry.keep_loaders import Loaders
from aichatdesk.entry.widget_snippet import Looks, widget_snippet
from aichatdesk.platform.http.actor import Guard

Text = Annotated[str, Query(max_length=500)]


class ShownSnippet(BaseModel):
    """The HTML, the loader's address and what browsers check it by; null without a check."""

    html: str
    src: str
    integrity: str | None


def snippet_routes(guard: Guard, loaders: Loaders, public_url: str) -> APIRouter:
    """One route, for those who may read the settings."""
    routes = APIRouter(prefix="/api/v1/widget", tags=["widget"])

    @routes.get(
        "/snippet",
        dependencies=[Depends(guard.require(Action.READ_SETTINGS))],
        responses={503: {"description": "The front end is not built"}},
    )
    def snippet(
        request: Request,
        color: Text = "",
        position: Text = "",
        theme: Text = "",
        language: Text = "",
        title: Text = "",
        url: Annotated[str, Query(max_length=500, description="Where the desk is reached.")] = "",
        nonce: Text = "",
        sri: Annotated[bool, Query(description="Fix the loader's version, checked by its hash.")] = True,
    ) -> ShownSnippet:
        """The lines that put the widget on a web page."""
        looks = Looks(color=color, position=position, theme=theme, language=language, title=title)
        address = url or public_url or str(request.base_url)
        made = widget_snippet(address, loaders.current(), looks, sri=sri, nonce=nonce)
        return ShownSnippet(html=made.html, src=made.src, integrity=made.integrity or None)

    return routes
