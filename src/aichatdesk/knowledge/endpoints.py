"""The HTTP routes of the knowledge base, in the shapes of the old server."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, File, UploadFile
from fastapi.params import Depends as DependsParam

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.clock import from_millis, to_iso
from aichatdesk.core.errors import Invalid, TooLarge
from aichatdesk.core.ids import DocumentId, require_id
from aichatdesk.core.text import shorten
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.ingest import (
    Ingested,
    NewDocument,
    delete_document,
    edit_document,
    ingest,
    re_embed,
)
from aichatdesk.knowledge.parsing.read_file import read_file
from aichatdesk.knowledge.staleness import why_stale
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.safe_fetch import fetch_page
from aichatdesk.platform.sandbox.run_limited import Sandbox
from aichatdesk.platform.storage.database import Database, Transaction

_SHORTEST_PAGE = 50
_LONGEST_TITLE = 100


def knowledge_routes(
    database: Database, guard: Guard, model: EmbeddingModel, sandbox: Sandbox, *, max_file_size: int
) -> APIRouter:
    """Documents: take in, list, read, edit, delete, embed again."""
    routes = APIRouter(prefix="/api/knowledge", tags=["knowledge"])
    reader = Depends(guard.require(Action.READ_KNOWLEDGE))
    _add_intake(routes, database, guard, model, sandbox, max_file_size)
    _add_documents(routes, database, guard, model, reader)
    return routes


def _add_intake(
    routes: APIRouter,
    database: Database,
    guard: Guard,
    model: EmbeddingModel,
    sandbox: Sandbox,
    max_file_size: int,
) -> None:
    @routes.post("/upload", status_code=201)
    async def upload(
        actor: Annotated[Actor, Depends(guard.require(Action.WRITE_KNOWLEDGE))],
        file: Annotated[UploadFile | None, File()] = None,
    ) -> dict[str, Any]:
        """Read a file into the knowledge base; one that cannot be embedded now is kept and tried again."""
        if file is None or not file.filename:
            raise Invalid("No file uploaded")
        data = await file.read(max_file_size + 1)
        if len(data) > max_file_size:
            raise TooLarge(f"File too large: at most {max_file_size // 1024 // 1024} MB.")
        parsed = await read_file(sandbox, file.filename, data)
        new = NewDocument(
            filename=file.filename,
            original_name=file.filename,
            file_type=file.filename.rpartition(".")[2].lower(),
            text=parsed.text,
            file_size=len(data),
            sections=parsed.sections,
            uploaded_by=actor.id,
        )
        return _uploaded(await ingest(database, model, new, by=actor))

    @routes.post("/import-url")
    async def import_url(
        actor: Annotated[Actor, Depends(guard.require(Action.WRITE_KNOWLEDGE))],
        url: Annotated[str, Body(embed=True, max_length=4000)] = "",
    ) -> dict[str, Any]:
        """Read a page of the public web into the knowledge base."""
        if not url.strip():
            raise Invalid("url is required")
        page = await fetch_page(url.strip())
        name = "page.html" if "html" in page.content_type else "page.txt"
        parsed = await read_file(sandbox, name, page.body, charset=page.charset)
        if len(parsed.text) < _SHORTEST_PAGE:
            raise Invalid("Could not extract meaningful content from this URL")
        title = shorten(parsed.title or page.url, _LONGEST_TITLE)
        new = NewDocument(
            filename=f"url-import-{round(datetime.now(UTC).timestamp() * 1000)}",
            original_name=title.replace("/", " "),
            file_type="web-page",
            text=parsed.text,
            uploaded_by=actor.id,
            source_url=page.url,
        )
        done = await ingest(database, model, new, by=actor)
        return {
            "success": True,
            "title": title,
            "contentLength": len(parsed.text),
            "chunks": done.chunks,
            "embeddings": done.chunks,
            "id": done.document.id,
            "state": done.document.state.value,
            **_given(stateReason=done.document.state_reason),
        }


def _add_documents(
    routes: APIRouter, database: Database, guard: Guard, model: EmbeddingModel, reader: DependsParam
) -> None:
    @routes.get("", dependencies=[reader])
    async def listed() -> list[dict[str, Any]]:
        """Every document with its state, newest first."""
        return await database.read(_listed)

    @routes.get("/{document_id}", dependencies=[reader])
    async def show(document_id: str) -> dict[str, Any]:
        """One document with its text and chunks."""
        return await database.read(partial(_shown, document_id=_document_id(document_id)))

    @routes.put("/{document_id}")
    async def edit(
        document_id: str,
        actor: Annotated[Actor, Depends(guard.require(Action.WRITE_KNOWLEDGE))],
        content: Annotated[str, Body(embed=True)] = "",
    ) -> dict[str, Any]:
        """Give a document another text; the old one is found until the new one can be."""
        if not content.strip():
            raise Invalid("Content is required")
        count = await edit_document(database, model, _document_id(document_id), content, by=actor)
        return {"success": True, "chunks": count, "embeddings": count}

    @routes.delete("/{document_id}")
    async def delete(
        document_id: str, actor: Annotated[Actor, Depends(guard.require(Action.WRITE_KNOWLEDGE))]
    ) -> dict[str, Any]:
        """Delete a document; its text is found no more from this moment on."""
        wanted = _document_id(document_id)
        await database.write(partial(delete_document, document_id=wanted, by=actor))
        return {"success": True}

    @routes.post("/{document_id}/push")
    async def push(
        document_id: str, _actor: Annotated[Actor, Depends(guard.require(Action.WRITE_KNOWLEDGE))]
    ) -> dict[str, Any]:
        """Embed one document again."""
        count = await re_embed(database, model, _document_id(document_id))
        return {"success": True, "chunks": count, "embeddings": count}


def _document_id(given: str) -> DocumentId:
    try:
        return DocumentId(require_id(given, "document id"))
    except Invalid as error:
        raise Invalid("Invalid document ID") from error


def _uploaded(done: Ingested) -> dict[str, Any]:
    document = done.document
    shown: dict[str, Any] = {
        "id": document.id,
        "filename": document.filename,
        "fileType": document.file_type,
        "fileSize": document.file_size,
        "chunkCount": done.chunks,
        "embeddingCount": done.chunks,
        "chunks": done.chunks,
        "embeddings": done.chunks,
        "uploadedAt": to_iso(document.uploaded_at),
        "state": document.state.value,
        "message": "Document uploaded and processed",
    }
    if document.state_reason:
        shown["stateReason"] = document.state_reason
        shown["message"] = "Document kept; it will be embedded as soon as the embedding model answers"
    return shown


def _listed(tx: Transaction) -> list[dict[str, Any]]:
    revision = _model_revision(tx)
    return [_row(row, revision) for row in repository.list_rows(tx)]


def _model_revision(tx: Transaction) -> int:
    live = repository.live_generation(tx)
    return live.revision if live else 1


def _row(row: Any, revision: int) -> dict[str, Any]:
    stale = why_stale(repository.made_by(row), waits=row.waits, model_revision=revision)
    listed = {
        "id": row.id,
        "_id": row.id,
        "filename": row.filename,
        "originalName": row.original_name,
        "fileType": row.file_type,
        "uploadedAt": to_iso(from_millis(row.uploaded_at)),
        "chunkCount": row.chunk_count,
        "chunks": row.chunk_count,
        "embeddings": row.chunk_count,
        "language": row.language,
        "state": row.state,
        "stale": stale is not None,
        "staleReason": stale,
        "sourceUrl": row.source_url,
    }
    return listed | _given(fileSize=row.file_size, stateReason=row.state_reason)


def _shown(tx: Transaction, document_id: DocumentId) -> dict[str, Any]:
    document = repository.document_by_id(tx, document_id)
    waits = document.pending_content is not None
    stale = why_stale(document.made_by, waits=waits, model_revision=_model_revision(tx))
    shown: dict[str, Any] = {
        "id": document.id,
        "_id": document.id,
        "filename": document.filename,
        "originalName": document.original_name,
        "fileType": document.file_type,
        "content": document.pending_content if document.pending_content is not None else document.content,
        "chunks": [
            {"_id": str(row.id), "text": row.text, "section": row.section, "start": row.start, "end": row.end}
            for row in repository.chunk_rows(tx, document_id)
        ],
        "uploadedAt": to_iso(document.uploaded_at),
        "uploadedBy": document.uploaded_by,
        "language": document.language,
        "state": document.state.value,
        "stale": stale is not None,
        "staleReason": stale,
        "sourceUrl": document.source_url,
    }
    return shown | _given(fileSize=document.file_size, stateReason=document.state_reason)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
