"""The HTTP routes of attached files, in the shapes of the old server."""

from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import FileResponse

from aichatdesk.conversation.uploads import LARGEST_FILE, Given, Stored, Uploads

_POLICY = "default-src 'none'; sandbox"


def upload_routes(uploads: Uploads) -> APIRouter:
    """Take files from visitors and agents, and give them back to whoever knows their names."""
    routes = APIRouter(tags=["attachments"])

    @routes.post("/api/upload")
    async def upload(files: Annotated[list[UploadFile] | None, File()] = None) -> dict[str, Any]:
        """Keep up to five files; what they hold is checked, not only what they are called."""
        given = [
            Given(one.filename or "", one.content_type or "", await one.read(LARGEST_FILE + 1))
            for one in files or []
        ]
        kept = await uploads.keep(given)
        return {
            "success": True,
            "files": [_shown(one) for one in kept],
            "message": f"{len(kept)} file(s) uploaded successfully",
        }

    @routes.get("/uploads/{name}", include_in_schema=False)
    async def fetch(name: str) -> FileResponse:
        """A kept file; only pictures are shown inside a page."""
        served = uploads.find(name)
        headers = {
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=86400",
        }
        return FileResponse(
            served.path,
            media_type=served.type,
            headers=headers,
            filename=served.download_name,
            content_disposition_type="inline" if served.shown else "attachment",
        )

    return routes


def _shown(file: Stored) -> dict[str, Any]:
    return {
        "filename": file.name,
        "originalName": file.original_name,
        "url": f"/uploads/{file.name}",
        "type": file.type,
        "size": file.size,
    }
