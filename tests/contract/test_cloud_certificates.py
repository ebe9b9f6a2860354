"""Which authorities vouch for which server: LLM_CA_FILE for those in the building, the system's for the clouds."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from aichatdesk.entry.settings import load_settings
from aichatdesk.entry.wire_models import open_models
from aichatdesk.inference.chat import ChatTurn
from aichatdesk.inference.errors import ModelRejected, ModelUnavailable

NO = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextlib.asynccontextmanager
async def https_server(authority: trustme.CA) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(NO)
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_the_authority_of_the_building_vouches_for_no_cloud_and_the_other_way_round(tmp_path: Path):
    building, outside = trustme.CA(), trustme.CA()
    building.cert_pem.write_to_path(str(tmp_path / "building.pem"))
    outside.cert_pem.write_to_path(str(tmp_path / "outside.pem"))
    async with https_server(building) as here, https_server(outside) as cloud:

        async def ask(chat_at: str, cloud_at: str) -> tuple[type[BaseException], type[BaseException]]:
            names = {
                "LLM_BASE_URL": chat_at,
                "LLM_MODEL": "m",
                "LLM_CA_FILE": str(tmp_path / "building.pem"),
                "OPENAI_API_KEY": "sk-1",
                "OPENAI_BASE_URL": cloud_at,
                "AICHATDESK_CA_FILE": str(tmp_path / "outside.pem"),
            }
            async with open_models(load_settings(names, env_file=tmp_path / "none")) as models:
                with pytest.raises((ModelRejected, ModelUnavailable)) as chat:
                    await anext(models.chat.stream([ChatTurn("user", "?")], answer_tokens=9))
                with pytest.raises((ModelRejected, ModelUnavailable)) as vectors:
                    await models.embedding.embed_query("?")
            return chat.type, vectors.type

        assert await ask(here, cloud) == (ModelRejected, ModelRejected)  # both were reached
        assert await ask(cloud + "/x", here + "/x") == (ModelUnavailable, ModelUnavailable)
