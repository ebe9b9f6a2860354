"""Where the models are and how they are addressed."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class ChatModelSettings(BaseModel, frozen=True):
    """One chat model behind an OpenAI-compatible address."""

    base_url: str
    model: str
    api_key: SecretStr = SecretStr("")
    provider: str = ""
    ca_file: Path | None = None
    answer_token_limit: int = Field(default=1024, gt=0)


class EmbeddingModelSettings(BaseModel, frozen=True):
    """One embedding model behind an OpenAI-compatible address."""

    base_url: str
    model: str
    api_key: SecretStr = SecretStr("")
    provider: str = ""
    ca_file: Path | None = None
    dimensions: int | None = None
