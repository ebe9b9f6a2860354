"""The API's description without a running desk, for the front end's types."""

import tempfile
from pathlib import Path
from typing import Any

from aichatdesk.entry.settings import load_settings
from aichatdesk.entry.wiring import open_desk


async def describe_api() -> dict[str, Any]:
    """The OpenAPI description of every route, from a desk with empty data that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            {},
            env_file=Path(folder) / "none",
            overrides={
                "AICHATDESK_DATA_DIR": folder,
                "LLM_BASE_URL": "http://127.0.0.1:9/v1",
                "LLM_MODEL": "none",
                "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1",
                "EMBEDDING_MODEL": "none",
            },
        )
        async with open_desk(settings) as desk:
            return desk.app.openapi()
