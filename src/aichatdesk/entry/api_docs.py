"""The API's own description as a page, with assets from this package and from nowhere else."""

from importlib import resources

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse, Response

from aichatdesk.core.access import Action
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.metrics import CONTENT_TYPE, RequestMetrics

_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 8px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } code { font-family: ui-monospace, monospace; } pre { overflow: auto; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
"""
_SCRIPT = """
const make = (tag, text, parent, name) => { const node = document.createElement(tag);
  node.textContent = text; if (name) node.className = name; parent.append(node); return node; };
const api = await (await fetch("/openapi.json")).json();
const main = document.getElementById("routes");
for (const [path, methods] of Object.entries(api.paths).sort())
  for (const [method, route] of Object.entries(methods)) {
    const box = make("details", "", main);
    const head = make("summary", "", box);
    make("span", method.toUpperCase(), head, "method");
    make("code", path, head);
    make("p", route.description ?? route.summary ?? "", box);
    const { description, summary, operationId, tags, ...rest } = route;
    make("pre", JSON.stringify(rest, null, 2), box);
  }
"""


def api_docs_routes(app: FastAPI, guard: Guard, metrics: RequestMetrics) -> APIRouter:
    """`/openapi.json`, `/docs` and `/metrics`: for agents, and for this machine itself."""
    agent_or_here = Depends(guard.require_from_elsewhere(Action.READ_METRICS))
    routes = APIRouter(include_in_schema=False, dependencies=[agent_or_here])
    page = (resources.files("aichatdesk.entry") / "docs_page.html").read_text(encoding="utf-8")

    @routes.get("/openapi.json")
    async def description() -> Response:
        return JSONResponse(app.openapi())

    @routes.get("/docs")
    async def docs() -> Response:
        return Response(
            page,
            media_type="text/html",
            headers={"Content-Security-Policy": _POLICY},
        )

    @routes.get("/docs/style.css")
    async def style() -> Response:
        return Response(_STYLE, media_type="text/css")

    @routes.get("/docs/script.js")
    async def script() -> Response:
        return Response(_SCRIPT, media_type="text/javascript")

    @routes.get("/metrics")
    async def numbers() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return routes
